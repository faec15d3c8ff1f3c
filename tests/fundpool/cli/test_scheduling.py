"""The examples of docs/scheduling.md: parsed, verified, run."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from fundpool.inputs.case import read_case
from tests.cases.small import given, small_case

pytestmark = pytest.mark.skipif(os.name == "nt", reason="scripts of systems with cron or systemd")
ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


@pytest.fixture
def path(tmp_path: Path) -> dict[str, str]:
    """An environment whose ``fundpool`` is this tree's."""
    program = tmp_path / "bin" / "fundpool"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m fundpool "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return os.environ | {"PATH": f"{program.parent}:{os.environ['PATH']}"}


def shell(script: str, *words: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sh", "-c", script, "report.sh", *words],
        capture_output=True, encoding="utf-8", env=env, check=False,
    )  # fmt: skip


def rich_case(folder: Path) -> Path:
    """The small case with funds that last."""
    contents = small_case()
    contents.tables["fund_balances"]["pooled_balance"] = 1e9
    return contents.write(folder)


def test_the_script_reports_and_keeps_the_status(tmp_path: Path, path: dict[str, str]) -> None:
    script, question = blocks("sh")
    places = [str(tmp_path / "out"), str(tmp_path / "archive")]
    poor = str(small_case().write(tmp_path / "poor"))
    done = shell(script, poor, *places, env=path)
    assert (done.returncode, done.stdout) == (3, f"solvency alerts: see {places[0]}/summary.json\n")
    rich = str(rich_case(tmp_path / "rich"))
    done = shell(script, rich, *places, env=path)
    assert (done.returncode, done.stdout) == (0, "every fund meets its target\n")
    done = shell(script, str(tmp_path / "nothing"), *places, env=path)
    assert done.returncode == 2
    assert "no report (exit status 2)" in done.stderr
    done = shell(f'archive="{places[1]}"\n{question}', env=path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("two_counties-report") == 4


def test_units_are_valid(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    service, timer = blocks("ini")
    (tmp_path / "fundpool.service").write_text(
        service.replace("User=fundpool", f"User={os.environ.get('USER', 'root')}"),
        encoding="utf-8",
    )
    (tmp_path / "fundpool.timer").write_text(timer, encoding="utf-8")
    for name in ("fundpool.service", "fundpool.timer"):
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)],
            capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        complaints = [line for line in done.stderr.splitlines() if "fundpool" in line]
        assert done.returncode == 0, done.stderr
        assert complaints == []
    (when,) = re.findall(r"^OnCalendar=(.*)$", timer, flags=re.MULTILINE)
    done = subprocess.run(
        ["systemd-analyze", "calendar", when], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_service_runs_as_typed(tmp_path: Path, path: dict[str, str]) -> None:
    service = blocks("ini")[0]
    (command,) = re.findall(r"^ExecStart=(.*)$", service, flags=re.MULTILINE)
    (cache,) = re.findall(r"^Environment=FUNDPOOL_CACHE_DIR=(.*)$", service, flags=re.MULTILINE)
    (good,) = re.findall(r"^SuccessExitStatus=(.*)$", service, flags=re.MULTILINE)
    case = small_case().write(tmp_path / "case")
    here = command.replace("/etc/fundpool/case", str(case)).replace(
        "/var/lib/fundpool", str(tmp_path)
    )
    assert cache == "/var/cache/fundpool"  # what CacheDirectory=fundpool makes
    assert "\nCacheDirectory=fundpool\n" in service
    done = subprocess.run(shlex.split(here), env=path, capture_output=True, check=False)
    assert str(done.returncode) in good.split()
    assert (tmp_path / "latest" / "report.pdf").is_file()
    assert (tmp_path / "archive" / "runs").is_dir()


def instructions() -> list[tuple[str, str]]:
    """Lines of the container file: instruction and the rest."""
    (contents,) = blocks("dockerfile")
    return [(line.split()[0], line.partition(" ")[2]) for line in contents.splitlines()]


def test_the_container_file_installs_the_program(tmp_path: Path) -> None:
    """Its pip line as typed, but for the network: dependencies are here already."""
    (line,) = [rest for word, rest in instructions() if word == "RUN" and "pip" in rest]
    words = shlex.split(line)
    assert words[:2] == ["pip", "install"]
    source = next(word for word in words if word.startswith("/src["))
    extras = set(source.removeprefix("/src[").rstrip("]").split(","))
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert extras <= set(declared["optional-dependencies"])
    here = [word.replace("/src", str(ROOT)) for word in words[1:]]
    offline = ["--no-deps", "--no-build-isolation", "--quiet", "--target", str(tmp_path / "site")]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *here, *offline],
        capture_output=True, encoding="utf-8", check=False, cwd=tmp_path,
    )  # fmt: skip
    if "No module named pip" in done.stderr:
        pytest.skip("pip is not installed")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "site" / "fundpool" / "scheduled" / "outcomes.py").is_file()
    assert (tmp_path / "site" / "bin" / "fundpool").is_file()


def test_the_container_runs_its_command(tmp_path: Path, path: dict[str, str]) -> None:
    steps = instructions()
    words = [word for word, _ in steps]
    assert words == ["FROM", "COPY", "RUN", "RUN", "USER", "ENV", "VOLUME", "ENTRYPOINT", "CMD"]
    rest = {word: text for word, text in steps if word != "RUN"}
    for word, script in steps:
        if word == "RUN":  # making users and folders at the root is left to the container
            assert subprocess.run(["sh", "-n", "-c", script], check=False).returncode == 0
    volumes = json.loads(rest["VOLUME"])
    settings = dict(item.split("=", 1) for item in shlex.split(rest["ENV"]))
    assert all(any(value.startswith(place) for place in volumes) for value in settings.values())
    case = small_case().write(tmp_path / "case")

    def here(word: str) -> str:
        return str(case) if word == "/case" else re.sub("^/data", str(tmp_path / "data"), word)

    command = [here(word) for name in ("ENTRYPOINT", "CMD") for word in json.loads(rest[name])]
    archive = here(settings["FUNDPOOL_ARCHIVE"])
    done = subprocess.run(
        command, env=path | {"FUNDPOOL_ARCHIVE": archive},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    assert (tmp_path / "data" / "latest" / "report.pdf").is_file()
    assert len(list((tmp_path / "data" / "archive" / "runs").iterdir())) == 1
    (build, start) = blocks("console")[0].splitlines()
    assert shlex.split(build)[-1] == "."
    mounted = re.findall(r"--volume \S+?:(/\w+)", start)
    assert set(mounted) == {"/case", *volumes}


RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def test_the_cron_line(tmp_path: Path, path: dict[str, str]) -> None:
    """Five fields within their range; the command runs, and an alert counts as success."""
    (line,) = [text.strip() for text in blocks("cron")]
    *fields, command = line.split(maxsplit=5)
    for text, (least, most) in zip(fields, RANGES, strict=True):
        numbers = [int(n) for n in re.findall(r"\d+", text)]
        assert re.fullmatch(r"\*(/\d+)?|\d+(-\d+)?(,\d+(-\d+)?)*", text)
        assert all(least <= number <= most for number in numbers)
    assert "%" not in command  # cron turns it into a line break
    case = small_case().write(tmp_path / "case")
    here = command.replace("/etc/fundpool/case", str(case)).replace(
        "/var/lib/fundpool", str(tmp_path)
    )
    assert shell(here, env=path).returncode == 0
    assert (tmp_path / "latest" / "report.pdf").is_file()


def test_the_pipeline_is_yaml() -> None:
    yaml = pytest.importorskip("yaml")
    (job,) = yaml.safe_load(blocks("yaml")[0]).values()
    assert job["allow_failure"]["exit_codes"] == [3]
    assert any(line.startswith("fundpool report") for line in job["script"])


def test_the_rules_are_read(tmp_path: Path) -> None:
    contents = small_case()
    contents.settings |= tomllib.loads(blocks("toml")[0])
    contents.settings["economy"]["interest"] = given(0.02)
    case = read_case(contents.write(tmp_path / "case"))
    assert [rule.measure for rule in case.settings.alerts.values()] == [
        "exhaustion", "reserve_months", "actual_to_expected", "ruin_probability",
    ]  # fmt: skip
