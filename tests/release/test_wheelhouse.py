"""The wheelhouse, filled from made-up wheels; release/trial.py tries a real one."""

import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from release import wheelhouse
from release.platforms import PLATFORMS, markers
from release.trial import main as trial
from release.trial import sealed, wrong_sums
from release.wheelhouse import COMMAND, fill, main, sha256
from release.wheels import Download, WheelhouseError, gather

REGISTRY = {
    "everywhere": ("1.2", ["deeper[fast]>=1"]),
    "colours": ("0.4", []),
    "deeper": ("1.0", ["quick==3; extra == 'fast'", "slow; extra == 'slow'", "Arm.Only; "
                       "platform_machine == 'aarch64'"]),
    "quick": ("3", []),
    "slow": ("1", []),
    "arm-only": ("1", []),
    "served": ("2", ["everywhere"]),
    "newer": ("1", []),
}  # fmt: skip
ROOT_REQUIRES = [
    "everywhere", "colours; sys_platform == 'win32'", "served>=2; extra == 'web'",
    "slow; extra == 'large'", "newer; python_version >= '3.12'",
]  # fmt: skip
COMMON = {"program", "everywhere", "deeper", "quick", "served"}


def write_wheel(folder: Path, name: str, version: str, requires: Sequence[str]) -> Path:
    """A wheel with one module and its metadata."""
    plain = name.replace("-", "_")
    info = f"{plain}-{version}.dist-info"
    lines = [f"Requires-Dist: {line}\n" for line in requires]
    extras = "".join(f"Provides-Extra: {extra}\n" for extra in ("web", "large", "fast", "slow"))
    file = folder / f"{plain}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(f"{plain}.py", f"version = '{version}'\n")
        packed.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{extras}{''.join(lines)}",
        )
        packed.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n"
                        "Tag: py3-none-any\n")  # fmt: skip
        packed.writestr(f"{info}/RECORD", "")
    return file


def from_registry(
    folder: Path, registry: Mapping[str, tuple[str, Sequence[str]]] = REGISTRY
) -> Download:
    """Fetching from made-up packages; as pip, nothing is fetched if one is missing."""

    def download(requirements: Sequence[str]) -> None:
        names = [Requirement(line).name for line in requirements]
        if missing := [name for name in names if name not in registry]:
            raise WheelhouseError([f"no wheel of {missing[0]}"])
        for name in names:
            write_wheel(folder, name, *registry[name])

    return download


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the program's wheel."""
    house = tmp_path / "house"
    house.mkdir()
    write_wheel(house, "program", "0.1", ROOT_REQUIRES)
    return house


@pytest.mark.parametrize(
    ("platform", "python", "expected"),
    [
        ("linux-x86_64", "3.11", COMMON),
        ("linux-x86_64", "3.12", COMMON | {"newer"}),
        ("linux-arm64", "3.11", COMMON | {"arm-only"}),
        ("windows-x86_64", "3.11", COMMON | {"colours"}),
    ],
)
def test_requirements_are_those_of_the_platform(
    folder: Path, platform: str, python: str, expected: set[str]
) -> None:
    """Markers are judged for the platform asked for, extras of others included."""
    environment = markers(PLATFORMS[platform], python)
    wheels = gather(folder, "program", ["web"], environment, from_registry(folder))
    assert set(wheels) == expected


def test_every_missing_wheel_is_named(folder: Path) -> None:
    registry = {name: REGISTRY[name] for name in ("colours", "deeper", "quick")}
    environment = markers(PLATFORMS["windows-x86_64"], "3.11")
    with pytest.raises(WheelhouseError) as caught:
        gather(folder, "program", ["web"], environment, from_registry(folder, registry))
    assert set(caught.value.reasons) == {"no wheel of everywhere", "no wheel of served"}


def test_versions_that_do_not_go_together_are_refused(folder: Path) -> None:
    registry = REGISTRY | {"deeper": ("0.9", [])}
    environment = markers(PLATFORMS["linux-x86_64"], "3.11")
    with pytest.raises(WheelhouseError, match=r"deeper 0\.9 is not deeper\[fast\]>=1"):
        gather(folder, "program", [], environment, from_registry(folder, registry))


@pytest.fixture
def filled(folder: Path) -> Path:
    """A wheelhouse for Linux, with a wheel to begin with that nothing needs."""
    fetch = from_registry(folder)

    def download(requirements: Sequence[str]) -> None:
        fetch(requirements)
        write_wheel(folder, "surplus", "1", [])

    fill(folder, "linux-x86_64", "3.11", ["web"], download)
    return folder


def test_the_texts_beside_the_wheels(filled: Path) -> None:
    names = {file.name.split("-")[0] for file in filled.glob("*.whl")}
    assert names == COMMON
    lines = (filled / "requirements.txt").read_bytes().decode("ascii").split("\n")
    assert lines[0] == (
        f"deeper==1.0 --hash=sha256:{sha256(filled / 'deeper-1.0-py3-none-any.whl')}"
    )
    assert len(lines) == len(COMMON) + 1
    assert "://" not in "".join(lines)
    text = (filled / "INSTALL.txt").read_bytes().decode("utf-8")
    assert text.count(COMMAND) == 2
    assert "校验值" in text
    assert "\r" not in text
    assert wrong_sums(filled) == []


def test_what_is_not_as_listed_is_found(filled: Path) -> None:
    (filled / "quick-3-py3-none-any.whl").write_bytes(b"altered")
    (filled / "INSTALL.txt").unlink()
    (filled / "more.whl").write_bytes(b"added")
    assert wrong_sums(filled) == [
        "INSTALL.txt is missing", "more.whl is not listed",
        "quick-3-py3-none-any.whl has been altered",
    ]  # fmt: skip
    assert trial([str(filled)]) == 1


def _installed(folder: Path, target: Path) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, *COMMAND.split()[1:], "--target", str(target), "--quiet"]
    return subprocess.run(
        words, cwd=folder, env=sealed(), capture_output=True, encoding="utf-8", check=False
    )


def test_the_install_command_takes_the_folder_alone(filled: Path, tmp_path: Path) -> None:
    done = _installed(filled, tmp_path / "target")
    assert done.returncode == 0, done.stderr
    modules = {file.stem for file in (tmp_path / "target").glob("*.py")}
    assert modules == COMMON
    write_wheel(filled, "quick", "3", ["something"])
    done = _installed(filled, tmp_path / "other")
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_nothing_is_written_if_a_wheel_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = write_wheel(tmp_path, "program", "0.1", ["gone>=2"])
    monkeypatch.setattr(wheelhouse, "pip_download", lambda folder, *_rest: from_registry(folder))
    words = [str(tmp_path / "out"), "--platform", "linux-arm64", "--wheel", str(program)]
    assert main(words) == 1
    assert "no wheel of gone" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == [program.name]


def test_a_wheelhouse_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = write_wheel(tmp_path, "program", "0.1", ROOT_REQUIRES)
    monkeypatch.setattr(wheelhouse, "pip_download", lambda folder, *_rest: from_registry(folder))
    words = [str(tmp_path / "out"), "--platform", "windows-x86_64", "--wheel", str(program)]
    assert main(words) == 0
    sums = tmp_path / "out" / "SHA256SUMS"
    assert f"SHA256SUMS is {sha256(sums)}" in capsys.readouterr().out
    assert wrong_sums(tmp_path / "out") == []
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "exists already" in capsys.readouterr().err


def test_pip_is_asked_for_wheels_of_the_platform(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def run(words: list[str], **_options: object) -> "subprocess.CompletedProcess[str]":
        asked.append(words)
        return subprocess.CompletedProcess(words, 1, "", "WARNING: x\nERROR: No match for a\n")

    monkeypatch.setattr(subprocess, "run", run)
    download = wheelhouse.pip_download(tmp_path, PLATFORMS["linux-arm64"], "3.12")
    with pytest.raises(WheelhouseError, match=r"^a>=1: No match for a$"):
        download(["a>=1"])
    line = " ".join(asked[0])
    assert "--only-binary :all:" in line
    assert "--python-version 3.12" in line
    assert "--platform manylinux_2_28_aarch64" in line
    assert "--platform manylinux2014_aarch64" in line
    assert "x86_64" not in line
