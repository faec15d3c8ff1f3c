"""Code that is run in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path


def printed_by(code: str, **environment: str) -> str:
    """What a piece of code prints, with variables of the environment beside those in force."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, encoding="utf-8", env=os.environ | environment, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
