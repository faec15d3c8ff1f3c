"""The chart library for the browser, written once from vl-convert and kept on this machine.

vl-convert carries a JavaScript engine that a server has no use for, so it runs in a process of its
own. Nothing is fetched from anywhere.
"""

import os
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from fundpool.inputs.files.disk import FileInUseError, move

_WRITE = r"""
import sys
import vl_convert
text = vl_convert.javascript_bundle(
    "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"
)
with open(sys.argv[1], "w", encoding="utf-8", newline="\n") as file:
    file.write(text)
"""


def cache_folder() -> Path:
    """Where programs of this user keep what can be made again."""
    configured = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(configured) if configured else Path.home() / ".cache") / "fundpool"


def chart_bundle(folder: Path | None = None) -> Path:
    """File with Vega, Vega-Lite and vega-embed for the browser; made if it is not there yet.

    Args:
        folder: where it is kept; the user's cache unless given.

    Raises:
        OSError: it cannot be written.
        subprocess.CalledProcessError: vl-convert failed.
    """
    folder = folder or cache_folder()
    file = folder / f"charts-{version('vl-convert-python')}.js"
    if file.is_file():
        return file
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(suffix=".js", dir=folder)
    os.close(handle)
    try:
        subprocess.run([sys.executable, "-c", _WRITE, draft], check=True)
        move(Path(draft), file)
    except FileInUseError:  # written and read by another server meanwhile
        if not file.is_file():
            raise
    finally:
        Path(draft).unlink(missing_ok=True)
    return file
