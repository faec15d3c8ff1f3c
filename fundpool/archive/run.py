"""One run in its folder: its manifest, tables, summary, and what has been damaged."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from fundpool.archive.manifest import Manifest, OtherVersionError, read_manifest
from fundpool.archive.objects import DamagedError, sha256
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of

MANIFEST = "manifest.json"


class NoSuchRunError(LookupError):
    """A run that the archive does not hold."""


@dataclass(frozen=True)
class Run:
    """A whole run.

    Attributes:
        folder: where it lies.
        manifest: what it says of itself.
    """

    folder: Path
    manifest: Manifest

    @property
    def id(self) -> str:
        """Its id."""
        return self.manifest.run

    def table(self, name: str) -> pd.DataFrame:
        """A result table.

        Raises:
            KeyError: the run has no such table.
            DamagedError: its file is missing or no Parquet file.
        """
        file = self.folder / "tables" / f"{name}.parquet"
        if f"tables/{name}.parquet" not in self.manifest.files:
            raise KeyError(f"run {self.id} has no table {name!r}")
        import duckdb

        try:
            return read_parquet(file)
        except duckdb.Error as error:
            raise DamagedError(
                Message("%(file)s cannot be read: %(why)s", file=str(file), why=message_of(error))
            ) from None

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of its result tables."""
        names = [Path(name) for name in self.manifest.files]
        return tuple(sorted(n.stem for n in names if n.parts[0] == "tables"))

    def summary(self) -> dict[str, Any]:
        """Its summary.json."""
        text = (self.folder / "outputs" / "summary.json").read_text(encoding="utf-8")
        contents: dict[str, Any] = json.loads(text)
        return contents

    def title(self) -> str | None:
        """Title of its case; runs of earlier versions have it in their summary only."""
        if self.manifest.case_title is not None:
            return self.manifest.case_title
        try:
            title = self.summary().get("title")
        except (OSError, ValueError, AttributeError):
            return None
        return title if isinstance(title, str) else None

    def damage(self) -> list[str]:
        """What is not as the manifest says: files missing, altered or added."""
        present = {
            path.relative_to(self.folder).as_posix(): path
            for path in self.folder.rglob("*")
            if path.is_file() and path.name != MANIFEST
        }
        wrong = [f"{name} is missing" for name in self.manifest.files if name not in present]
        wrong += [
            f"{name} was added" for name in sorted(present) if name not in self.manifest.files
        ]
        wrong += [
            f"{name} has been altered"
            for name, digest in self.manifest.files.items()
            if name in present and sha256(present[name].read_bytes()) != digest
        ]
        return wrong


def read_parquet(file: Path) -> pd.DataFrame:
    """A Parquet file as a table."""
    import duckdb

    with duckdb.connect() as connection:
        return connection.execute("SELECT * FROM read_parquet(?)", [str(file)]).df()


def opened_run(folder: Path) -> Run:
    """A run from its folder, wherever it lies.

    Raises:
        NoSuchRunError: there is no run in the folder.
        DamagedError: its manifest cannot be read.
    """
    folder = folder.resolve()
    try:
        return Run(folder, read_manifest((folder / MANIFEST).read_text(encoding="utf-8")))
    except OtherVersionError as error:
        error.args = (f"{folder / MANIFEST}: {error}",)
        raise
    except (PermissionError, IsADirectoryError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or error
        raise DamagedError(
            Message(
                "%(folder)s cannot be read: %(why)s", folder=str(folder / MANIFEST), why=str(why)
            )
        ) from None
    except OSError:
        raise NoSuchRunError(
            Message(
                "%(name)s holds no run: %(manifest)s is missing",
                name=folder.name,
                manifest=MANIFEST,
            )
        ) from None
    except DamagedError as error:
        raise DamagedError(
            Message("%(folder)s: %(why)s", folder=str(folder / MANIFEST), why=message_of(error))
        ) from None
