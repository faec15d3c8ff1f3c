"""Build wheel and sdist, install each in a fresh environment, run the bundled cases from there.

``python -m validation.packages`` ends with status 1 if a data file of the packages is missing from
the wheel, it would install anything beside ``fundpool``, or a command fails from an installed copy.
The wheel is built from the sdist. Dependencies are fetched by pip.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINKS = ("actuarial", "models", "inputs")
PACKAGES = (*LINKS, "fundpool")
COMMANDS = (
    (("--version",), (0,)),
    (("check", "jiangsu"), (0,)),
    (("check", "fujian"), (0,)),
    (("compare", "jiangsu", "--years", "1", "--policy", "mandate", "--quiet"), (0, 3)),
    (("report", "jiangsu", "--years", "2", "--scenarios", "20", "--quiet", "--lang", "zh",
      "--out", "report-jiangsu"), (0, 3)),
    (("report", "fujian", "--years", "2", "--scenarios", "20", "--quiet", "--out", "report-fujian"),
     (0, 3)),
    (("init", "mine", "--quiet"), (0,)),
    (("check", "mine", "--quiet"), (0,)),
)  # fmt: skip
FROM_SDIST = COMMANDS[:3]
"""What is run from the installed sdist: its files are those that the wheel is built from."""
WRITTEN = {"report-jiangsu", "report-fujian"}
FILES = {"report.html", "report.pdf", "report.xlsx", "summary.json"}


def tracked() -> set[str]:
    """Files that are under version control, where an installed copy has them."""
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, encoding="utf-8"
    )
    names = (name.removeprefix("fundpool/") for name in listed.stdout.splitlines())
    return {f"fundpool/{name}" for name in names} - {f"fundpool/{link}" for link in LINKS}


def built(folder: Path) -> tuple[Path, Path]:
    """The sdist, and the wheel built from it."""
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", str(folder), str(ROOT)],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


def missing_from(wheel: Path) -> set[str]:
    """Files of the packages that the wheel does not hold."""
    with zipfile.ZipFile(wheel) as packed:
        return tracked() - set(packed.namelist())


def beside_fundpool(wheel: Path) -> set[str]:
    """Top-level names that the wheel would install besides ``fundpool``."""
    with zipfile.ZipFile(wheel) as packed:
        names = {name.split("/")[0] for name in packed.namelist()}
    return {name for name in names if name != "fundpool" and not name.endswith(".dist-info")}


def installed(package: Path, folder: Path) -> Path:
    """The ``fundpool`` command of a fresh environment with the wheel or sdist."""
    venv.create(folder, with_pip=True)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run(
        [scripts / "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt",
         package],
        check=True,
    )  # fmt: skip
    return scripts / "fundpool"


def run(command: Path, words: tuple[str, ...], statuses: tuple[int, ...], folder: Path) -> bool:
    """Run a command of an installed copy, away from the checkout; whether it ends as it should."""
    environment = {name: v for name, v in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [command, *words],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env=environment,
    )
    print(f"fundpool {' '.join(words)}: status {done.returncode}")
    if done.returncode in statuses:
        return True
    print(done.stderr)
    return False


def main(words: list[str] | None = None) -> int:
    """Build, install, run; 1 if anything is wrong."""
    parser = argparse.ArgumentParser("python -m validation.packages", description=__doc__)
    parser.parse_args(words)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sdist, wheel = built(folder / "dist")
        missing = missing_from(wheel)
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, {len(missing)} files missing")
        for file in sorted(missing):
            print(f"  missing: {file}")
        strangers = beside_fundpool(wheel)
        print(f"installed beside fundpool: {', '.join(sorted(strangers)) or 'nothing'}")
        failed = 0
        for package, commands in ((wheel, COMMANDS), (sdist, FROM_SDIST)):
            print(f"from {package.name}, {package.stat().st_size / 1e6:.1f} MB")
            command = installed(package, folder / f"venv-{package.suffix[1:]}")
            elsewhere = folder / f"elsewhere-{package.suffix[1:]}"
            elsewhere.mkdir()
            failed += sum(not run(command, words, right, elsewhere) for words, right in commands)
            if package == wheel:
                for report in sorted(WRITTEN):
                    absent = FILES - {file.name for file in (elsewhere / report).glob("*")}
                    failed += len(absent)
                    print(f"{report}: {', '.join(sorted(absent)) or 'nothing'} missing")
        return 1 if failed or missing or strangers else 0


if __name__ == "__main__":
    sys.exit(main())
