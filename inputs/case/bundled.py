"""Cases that come with the package, found by name."""

from pathlib import Path

from fundpool.inputs.format.findings import CaseError, Finding, did_you_mean
from fundpool.inputs.format.messages import Message

_ROOT = Path(__file__).parent.parent


def bundled_cases() -> tuple[str, ...]:
    """Names of the bundled cases."""
    return tuple(sorted(file.parent.name for file in _ROOT.glob("*/case.toml")))


def case_root(name: str) -> Path:
    """Folder of a bundled case within the package."""
    return _ROOT / name


def is_there(path: Path) -> bool:
    """Whether there is a file or folder; False also for a text that cannot name one.

    >>> is_there(Path("x" * 300))
    False
    """
    try:
        return path.exists()
    except OSError:
        return False


def case_path(name: str | Path) -> Path:
    """Where a case is: a path as given, or the folder of a bundled case.

    Raises:
        CaseError: neither a path that exists nor a bundled name.
    """
    path = Path(name)
    if is_there(path):
        return path
    if str(name) in bundled_cases():
        if not (case_root(str(name)) / "tables").is_dir():
            raise CaseError(
                [
                    Finding.of_file(str(name), Message("a case whose tables are there"),
                                    Message("They are large and derived on demand: fundpool init "
                                            "DIR --case %(name)s, then give DIR.", name=str(name)))
                ]
            )  # fmt: skip
        return case_root(str(name))
    raise CaseError(
        [
            Finding.of_file(str(name), Message("a case folder, a workbook or a bundled case"),
                            did_you_mean(str(name), bundled_cases()))
        ]
    )  # fmt: skip
