"""Build wheel and sdist, install in a fresh environment, and run the bundled cases from there.

``python -m validation.packages`` ends with status 1 if a data file of the packages is missing from
the wheel, or a command fails from the installed copy. The wheel is built from the sdist.
Dependencies are fetched by pip.
"""

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("actuarial", "models", "inputs", "fundpool")
COMMANDS = (
    (("--version",), (0,)),
    (("check", "jiangsu"), (0,)),
    (("check", "fujian"), (0,)),
    (("compare", "jiangsu", "--years", "1", "--policy", "portable", "--quiet"), (0, 3)),
    (("report", "fujian", "--years", "2", "--scenarios", "20", "--quiet", "--out", "report"),
     (0, 3)),
    (("init", "mine", "--quiet"), (0,)),
)  # fmt: skip


def tracked() -> set[str]:
    """Files of the packages that are under version control."""
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return set(listed.stdout.split("\n")) - {""}


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


def installed(wheel: Path, folder: Path) -> Path:
    """The ``fundpool`` command of a fresh environment with the wheel."""
    venv.create(folder, with_pip=True)
    subprocess.run(
        [folder / "bin" / "pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt",
         wheel],
        check=True,
    )  # fmt: skip
    return folder / "bin" / "fundpool"


def main() -> int:
    """Build, install, run; 1 if anything is wrong."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sdist, wheel = built(folder / "dist")
        missing = missing_from(wheel)
        print(f"{sdist.name}: {sdist.stat().st_size / 1e6:.1f} MB")
        print(f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, {len(missing)} files missing")
        for file in sorted(missing):
            print(f"  missing: {file}")
        command = installed(wheel, folder / "venv")
        (folder / "elsewhere").mkdir()
        failed = 0
        for words, statuses in COMMANDS:
            done = subprocess.run(
                [command, *words], cwd=folder / "elsewhere", capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            right = done.returncode in statuses
            failed += not right
            print(f"fundpool {' '.join(words)}: status {done.returncode}")
            if not right:
                print(done.stderr)
        return 1 if failed or missing else 0


if __name__ == "__main__":
    sys.exit(main())
