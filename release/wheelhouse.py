"""Everything an installation without a package index needs, in one folder with checksums.

``python -m release.wheelhouse OUT --platform windows-x86_64`` builds the wheel of this checkout (or
takes the one given with ``--wheel``), fetches the wheels of every dependency for that platform in
the versions of constraints.txt, and writes ``requirements.txt`` with hashes, ``SHA256SUMS`` and
``INSTALL.txt``. The folder appears whole or not at all.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from fundpool.inputs.files.disk import move
from release.platforms import PLATFORMS, Platform, markers
from release.wheels import Download, Wheel, WheelhouseError, gather, read_wheel

ROOT = Path(__file__).parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
COMMAND = "python -m pip install --no-index --find-links . --require-hashes -r requirements.txt"
INSTALL = """\
fundpool {version} for {platform}, CPython {python}

Needed: CPython {python} with pip; no network. In this folder, in an environment of its own:

    python -m venv {example}
    {activate}
    {command}
    fundpool --version

pip refuses a file that is not the one in requirements.txt. SHA256SUMS lists every file; check the
list itself against the checksum published with the release. To upgrade, run the same command from
the new folder in the same environment.

fundpool {version}，适用于 {platform}，CPython {python}

需要：CPython {python} 及其自带的 pip；不需要网络。在本文件夹中、在单独的环境里执行：

    python -m venv {example}
    {activate}
    {command}
    fundpool --version

文件与 requirements.txt 中的校验值不符时，pip 会拒绝安装。SHA256SUMS 列出每个文件的校验值；
请将该清单本身与发布时公布的校验值核对。升级时，在同一环境中从新文件夹执行同一条命令。
"""


def sha256(file: Path) -> str:
    """Hex digest of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def requirements_text(wheels: Mapping[str, Wheel]) -> str:
    """Requirements for ``pip install --require-hashes``: a line for each wheel."""
    return "".join(
        f"{wheel.name}=={wheel.version} --hash=sha256:{sha256(wheel.file)}\n"
        for _, wheel in sorted(wheels.items())
    )


def sums_text(folder: Path) -> str:
    """Checksums of all files of a folder, as ``sha256sum --check`` reads them."""
    return "".join(f"{sha256(file)}  {file.name}\n" for file in sorted(folder.iterdir()))


def install_text(version: str, platform: str, python: str) -> str:
    """How to install, in English and Chinese."""
    windows = platform.startswith("windows")
    return INSTALL.format(
        version=version,
        platform=platform,
        python=python,
        command=COMMAND,
        example="C:\\fundpool" if windows else "~/fundpool",
        activate="C:\\fundpool\\Scripts\\activate" if windows else ". ~/fundpool/bin/activate",
    )


def pip_download(folder: Path, platform: Platform, python: str) -> Download:
    """Fetching by pip, for another platform than this one."""
    words = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder),
             "--only-binary", ":all:", "--implementation", "cp", "--python-version", python,
             "--constraint", str(ROOT / "constraints.txt")]  # fmt: skip
    for tag in platform.tags:
        words += ["--platform", tag]

    def download(requirements: Sequence[str]) -> None:
        done = subprocess.run(
            [*words, *requirements], capture_output=True, encoding="utf-8", errors="replace",
            check=False,
        )  # fmt: skip
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            reason = errors[-1].removeprefix("ERROR: ") if errors else done.stderr.strip()
            raise WheelhouseError([f"{', '.join(requirements)}: {reason}"])

    return download


def built_wheel(folder: Path) -> Path:
    """The wheel of this checkout, built into a folder.

    Raises:
        WheelhouseError: it cannot be built.
    """
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder),
         str(ROOT)],
        capture_output=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        raise WheelhouseError([f"the wheel cannot be built: {done.stderr.strip()}"])
    (wheel,) = folder.glob("*.whl")
    return wheel


def fill(
    folder: Path, platform: str, python: str, extras: Sequence[str], download: Download
) -> dict[str, Wheel]:
    """Fetch what the one wheel in a folder requires and write the texts beside it.

    Raises:
        WheelhouseError: wheels that are not to be had, or versions that do not go together.
    """
    (file,) = folder.glob("*.whl")
    program = read_wheel(file)
    environment = markers(PLATFORMS[platform], python)
    wheels = gather(folder, program.name, extras, environment, download)
    for surplus in set(folder.glob("*.whl")) - {wheel.file for wheel in wheels.values()}:
        surplus.unlink()
    texts = {
        "requirements.txt": requirements_text(wheels),
        "INSTALL.txt": install_text(program.version, platform, python),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "SHA256SUMS").write_text(sums_text(folder), encoding="utf-8", newline="\n")
    return wheels


def main(words: Sequence[str] | None = None) -> int:
    """Make a wheelhouse; 1 if wheels are not to be had, 2 if it is asked for wrongly."""
    parser = argparse.ArgumentParser(prog="python -m release.wheelhouse", description=__doc__)
    parser.add_argument("out", type=Path, help="folder to be made")
    parser.add_argument("--platform", required=True, choices=sorted(PLATFORMS))
    parser.add_argument("--python", default=PYTHONS[0], choices=PYTHONS, help="version of CPython")
    parser.add_argument("--wheel", type=Path, help="wheel of fundpool; default: built from here")
    parser.add_argument("--extras", default="web", help="extras, by commas; default: web")
    asked = parser.parse_args(words)
    if asked.out.exists():
        parser.error(f"{asked.out} exists already; name a new folder")
    if asked.wheel is not None and not asked.wheel.is_file():
        parser.error(f"there is no wheel {asked.wheel}")
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    extras = [name.strip() for name in asked.extras.split(",") if name.strip()]
    with tempfile.TemporaryDirectory(prefix=".wheelhouse-", dir=asked.out.parent) as name:
        folder = Path(name) / "wheelhouse"
        folder.mkdir()
        download = pip_download(folder, PLATFORMS[asked.platform], asked.python)
        try:
            if asked.wheel is None:
                built_wheel(folder)
            else:
                shutil.copyfile(asked.wheel, folder / asked.wheel.name)
            wheels = fill(folder, asked.platform, asked.python, extras, download)
        except WheelhouseError as error:
            for reason in error.reasons:
                print(f"wheelhouse: {reason}", file=sys.stderr)
            print("wheelhouse: nothing was written", file=sys.stderr)
            return 1
        size = sum(file.stat().st_size for file in folder.iterdir())
        move(folder, asked.out)
    sums = sha256(asked.out / "SHA256SUMS")
    print(f"{asked.out}: {len(wheels)} wheels, {size / 1e6:.0f} MB; SHA256SUMS is {sums}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
