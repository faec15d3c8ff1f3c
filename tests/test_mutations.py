"""The listed mutations fit the code, and their tests exist. A command tries them."""

import ast
import subprocess
from pathlib import Path

import pytest

from validation import mutations
from validation.mutations import COPIED, ROOT, Mutation, Trial

LISTED = mutations.mutations()


def test_the_list_is_whole() -> None:
    assert len(LISTED) >= 40
    assert len({mutation.name for mutation in LISTED}) == len(LISTED)
    assert {mutation.file.split("/")[0] for mutation in LISTED} < set(COPIED)


@pytest.mark.parametrize("mutation", LISTED, ids=lambda m: m.name)
def test_a_mutation_fits_the_code(mutation: Mutation) -> None:
    assert mutation.occurrences() == 1
    assert mutation.new != mutation.old
    source = (ROOT / mutation.file).read_text("utf-8")
    ast.parse(source.replace(mutation.old, mutation.new))


@pytest.mark.parametrize("mutation", LISTED, ids=lambda m: m.name)
def test_its_tests_exist(mutation: Mutation) -> None:
    assert mutation.tests
    for test in mutation.tests:
        file, _, name = test.partition("::")
        source = (ROOT / file).read_text("utf-8")
        function, _, case = name.partition("[")
        names = {n.name for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef)}
        assert function in names, test
        if " " in case:  # cases of a test may stand in modules below its own
            below = (text.read_text("utf-8") for text in (ROOT / file).parent.rglob("*.py"))
            assert any(f'"{case.removesuffix("]")}"' in text for text in below), test


def small_checkout(folder: Path) -> Mutation:
    (folder / "sums.py").write_text("def total(a, b):\n    return a + b\n", "utf-8")
    (folder / "test_sums.py").write_text(
        "from sums import total\n\n\ndef test_total():\n    assert total(2, 3) == 5\n", "utf-8"
    )
    return Mutation("wrong sign", "sums.py", "a + b", "a - b", ("test_sums.py::test_total",))


@pytest.mark.parametrize(
    ("new", "status"), [("a - b", "killed"), ("b + a", "survived"), ("a +", "did not run")]
)
def test_what_becomes_of_a_mutation(tmp_path: Path, new: str, status: str) -> None:
    """A module that cannot be imported proves nothing about its test."""
    sound = small_checkout(tmp_path)
    before = (tmp_path / "sums.py").read_bytes()
    assert mutations.sound_tests_pass([sound], tmp_path)
    trial = mutations.tried(Mutation(sound.name, sound.file, sound.old, new, sound.tests), tmp_path)
    assert trial.status == status
    assert (tmp_path / "sums.py").read_bytes() == before


def test_tests_that_take_too_long_prove_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_long(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("pytest", 1.0)

    monkeypatch.setattr(subprocess, "run", too_long)
    assert mutations.tried(small_checkout(tmp_path), tmp_path).status == "did not run"


def test_one_survivor_fails_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    killed, survivor = LISTED[:2]
    found = {killed.name: "killed", survivor.name: "survived"}
    monkeypatch.setattr(mutations, "mutations", lambda: (killed, survivor))
    monkeypatch.setattr(mutations, "copy_of_checkout", lambda _: tmp_path)
    monkeypatch.setattr(mutations, "sound_tests_pass", lambda *_: True)
    monkeypatch.setattr(mutations, "tried", lambda m, _: Trial(m, found[m.name], 1.0))
    assert mutations.main([]) == 1
    printed = capsys.readouterr().out
    assert "1 of 2 mutations killed" in printed
    assert f"| {survivor.name} | survived | 1 |" in printed
    assert mutations.main(["--only", killed.name]) == 0


def test_a_text_that_is_gone_fails_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = Mutation("gone", LISTED[0].file, "no such line", "x", LISTED[0].tests)
    monkeypatch.setattr(mutations, "mutations", lambda: (gone,))
    assert mutations.main([]) == 1
    assert "'no such line' occurs 0 times, not once" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        mutations.main(["--only", "nothing like it"])
