"""The examples of docs/scheduling.md: parsed, verified, run."""

import os
import re
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
