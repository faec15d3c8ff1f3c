"""Install from a wheelhouse alone, in a fresh environment, and run what is installed.

``python -m release.trial WHEELHOUSE`` checks SHA256SUMS, then runs the command of INSTALL.txt with
every other source of packages switched off. For the wheelhouse of another platform,
``--platform`` only checks that pip finds a wheel for each line there.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

from release.platforms import PLATFORMS
from release.wheelhouse import COMMAND, PYTHONS, sha256

TRIED = (("--version",), ("check", "jiangsu"))


def wrong_sums(folder: Path) -> list[str]:
    """Files that are not as SHA256SUMS says: missing, altered or not listed."""
    lines = (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {file.name for file in folder.iterdir()} - {"SHA256SUMS"}
    wrong = [f"{name} is missing" for name in sorted(listed.keys() - there)]
    wrong += [f"{name} is not listed" for name in sorted(there - listed.keys())]
    wrong += [
        f"{name} has been altered"
        for name in sorted(listed.keys() & there)
        if sha256(folder / name) != listed[name]
    ]
    return wrong


def sealed() -> dict[str, str]:
    """This environment without other sources of packages or modules."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PIP_", "PYTHON", "VIRTUAL_ENV"))
    }
    return plain | {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def installs_and_runs(folder: Path) -> bool:
    """Whether the install command works from the folder alone, and what it installs runs."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        place = Path(name) / "environment"
        venv.create(place, with_pip=True)
        scripts = place / ("Scripts" if os.name == "nt" else "bin")
        words = [str(scripts / "python"), *COMMAND.split()[1:], "--quiet"]
        if subprocess.run(words, cwd=folder, env=sealed(), check=False).returncode:
            return False
        right = True
        for tried in TRIED:
            done = subprocess.run(
                [scripts / "fundpool", *tried], cwd=name, env=sealed(), check=False
            )
            print(f"fundpool {' '.join(tried)}: status {done.returncode}")
            right = right and done.returncode == 0
        return right


def complete_for(folder: Path, platform: str, python: str) -> bool:
    """Whether pip finds a wheel in the folder for each line, for another platform than this one."""
    words = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--no-deps",
             "--no-index", "--find-links", ".", "--require-hashes", "--requirement",
             "requirements.txt", "--only-binary", ":all:", "--implementation", "cp",
             "--python-version", python]  # fmt: skip
    for tag in PLATFORMS[platform].tags:
        words += ["--platform", tag]
    with tempfile.TemporaryDirectory() as target:
        done = subprocess.run([*words, "--target", target], cwd=folder, env=sealed(), check=False)
    return done.returncode == 0


def main(words: Sequence[str] | None = None) -> int:
    """Try a wheelhouse; 1 if anything is wrong with it."""
    parser = argparse.ArgumentParser(prog="python -m release.trial", description=__doc__)
    parser.add_argument("wheelhouse", type=Path)
    parser.add_argument("--platform", choices=sorted(PLATFORMS), help="default: install here")
    parser.add_argument("--python", default=PYTHONS[0], choices=PYTHONS, help="with --platform")
    asked = parser.parse_args(words)
    folder = asked.wheelhouse
    if not (folder / "SHA256SUMS").is_file():
        parser.error(f"{folder} is no wheelhouse: it has no SHA256SUMS")
    if wrong := wrong_sums(folder):
        print("\n".join(wrong), file=sys.stderr)
        return 1
    if asked.platform is None:
        right = installs_and_runs(folder)
    else:
        right = complete_for(folder, asked.platform, asked.python)
    print(f"{folder}: {'as it should be' if right else 'does not install'}")
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
