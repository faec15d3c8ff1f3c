"""Policies named on the command line: of the case, as files, stacked, twice, absent."""

import json
from pathlib import Path

import pytest

import fundpool
from fundpool.cli.tables import effects_text
from fundpool.inputs.format.findings import CaseError
from fundpool.models.analysis.policies import only_pools, policy_effects
from fundpool.models.projection.comparison import compare
from fundpool.models.projection.study import study
from fundpool.report.document.model import Table
from fundpool.report.document.model import plain as text_of
from fundpool.report.extras import Extras
from fundpool.report.sections.context import Context
from fundpool.report.sections.policies import policies_section
from tests.cases.policies import policy
from tests.cases.small import small_case, toml_text
from tests.fundpool.conftest import Run

SHOCK = {
    "title": "A bad year", "year": 2021, "care": {"all": 2.0},
    "source": "worked example", "status": "assumed",
}  # fmt: skip


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case with one policy, which only pools by city."""
    case = small_case()
    case.policies["tried"] = policy(pooling="city")
    return case.write(tmp_path_factory.mktemp("policies") / "case")


def written(file: str, **sections: object) -> Path:
    """A policy file below the present folder, called as the policy is."""
    path = Path(file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(toml_text(policy(**sections) | {"name": path.stem}), encoding="utf-8")
    return path


def test_policies_measures_a_file(run: Run, folder: Path) -> None:
    written("sub/dearer.toml", shocks=[SHOCK])
    words = ("--policy", "sub/dearer.toml", "--policy", "tried", "--policy", "tried")
    assert run("policies", folder, "--list", *words).stdout == "dearer: Tried\ntried: Tried\n"
    done = run("policies", folder, "--years", 2, "--json", *words)
    assert done.exit_code == 0, done.output
    effects = json.loads(done.stdout)
    assert [row["name"] for row in effects["policies"]] == ["dearer", "tried"]
    assert {row["policy"] for row in effects["endurance"]} == {"dearer"}
    assert "dearer" in run("policies", folder, "--years", 1, *words).stdout


def test_a_file_is_not_the_policy_of_that_name_in_the_case(run: Run, folder: Path) -> None:
    """The case's own only pools; the file's changes what flows."""
    file = written("tried.toml", case={"economy": {"medical_inflation": {"value": 0.3}}})
    case = fundpool.read_case(folder)
    assert only_pools(case.with_policies(["tried"]))
    assert not only_pools(case.with_policies([file]))
    effects = policy_effects(study(case, 2), ["tried", file], "county")
    rates = effects.policies["level_rate"]
    assert rates[1] > rates[0] * 1.1
    assert run("policies", folder, "--policy", file, "--years", 1).exit_code == 0


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (("tried", "tried"), "expected each policy once"),
        (("tried", "a/tried.toml"), "expected each policy once"),
        (("absent.toml",), "expected a policy of the case or a policy file"),
        (("absent",), "expected a policy of the case or a policy file"),
        (("",), "expected a policy of the case or a policy file"),
        (("x" * 300 + ".toml",), "expected a policy of the case or a policy file"),
        (("a.toml",), "expected a policy of the case or a policy file"),  # a folder
        (("torn.toml",), "expected TOML in UTF-8"),
        (("other.toml",), "expected 'other', as the file is called"),
    ],
)
def test_policies_that_cannot_be_laid_over(
    run: Run, folder: Path, named: tuple[str, ...], words: str
) -> None:
    written("a/tried.toml", pooling="city")
    Path("a.toml").mkdir()
    Path("torn.toml").write_bytes(b"\xff\xfe\x00")
    Path("other.toml").write_text(toml_text(policy()), encoding="utf-8")
    options = [word for name in named for word in ("--policy", name)]
    done = run("project", folder, *options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert not Path("fundpool-projection").exists()
    if len(named) == 1:  # `policies` measures them one by one
        done = run("policies", folder, *options)
        assert done.exit_code == 2
        assert words in done.stderr


@pytest.mark.parametrize(
    "command", ["project", "compare", "report", "optimise", "frontier", "policies"]
)
def test_every_command_refuses_a_policy_that_is_not_there(
    run: Run, folder: Path, command: str
) -> None:
    done = run(command, folder, "--policy", "absent.toml")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "found 'absent.toml'; expected a policy of the case or a policy file" in done.stderr
    assert not list(Path().iterdir())


@pytest.mark.parametrize("command", ["project", "policies"])
def test_a_plan_that_the_case_cannot_follow(run: Run, folder: Path, command: str) -> None:
    file = written("split.toml", pooling="city,county@2022")
    done = run(command, folder, "--policy", file)
    assert done.exit_code == 2
    assert "would split pools up" in done.stderr
    if command == "policies":
        done = run("policies", folder, "--pooling", "region")
        assert done.exit_code == 2
        assert "'region' in the pooling plan" in done.stderr


def test_names_of_a_report(run: Run, folder: Path) -> None:
    file = written("dearer.toml", shocks=[SHOCK])
    for listed, words in (
        ("", "expected a policy of the case or a policy file"),
        ("tried,", "expected a policy of the case or a policy file"),
        ("absent", "expected a policy of the case or a policy file"),
        (str(file), "only policies that come with the case"),
    ):
        done = run("report", folder, "--policies", listed)
        assert done.exit_code == 2, listed
        assert words in done.stderr


def test_a_policy_is_laid_over_a_case_once(folder: Path) -> None:
    case = fundpool.read_case(folder)
    with pytest.raises(CaseError, match="each policy once"):
        case.with_policies(["tried", "tried"])


def test_numbers_of_funds_are_not_taken_from_each_other(tmp_path: Path) -> None:
    """County funds, 2 of 4 run dry; provincial funds, 1 of 2: not one fund fewer, but the same."""
    case = small_case()
    case.policies["tried"] = policy(pooling="province")
    plain = fundpool.read_case(case.write(tmp_path / "case"))
    base = study(plain, 1)
    effects = policy_effects(base, ["tried"])
    before, after = effects_text(effects).splitlines()[1:3]
    assert "2 of 4" in before
    assert "1 of 2" in after
    assert effects.changes.loc["tried", "exhausted_share"] == 0.0
    section = policies_section(Context(compare(plain, years=1), {}, Extras(effects=effects)))
    assert section is not None
    (shown,) = [block for block in section.blocks if isinstance(block, Table)]
    place = [text_of(column.head) for column in shown.columns].index("funds run dry")
    cells = [text_of(row[place].spans) for row in shown.body]
    assert cells == ["2 of 4 funds", "1 of 2 funds"]
