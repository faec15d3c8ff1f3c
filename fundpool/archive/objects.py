"""Input files kept once, by content: ``inputs/ab/abcdef...`` holds the bytes with that SHA-256."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fundpool.inputs.files.disk import FileInUseError, move


class DamagedError(Exception):
    """Something in the archive is missing or is not what its name says."""


def sha256(contents: bytes) -> str:
    """Hex digest of bytes."""
    return hashlib.sha256(contents).hexdigest()


def write_durably(file: Path, contents: bytes) -> None:
    """Write a file and wait until the disk holds it."""
    with file.open("wb") as stream:
        stream.write(contents)
        stream.flush()
        os.fsync(stream.fileno())


class ObjectStore:
    """Files by their digest, shared by all runs of an archive."""

    def __init__(self, root: Path) -> None:
        """Keep the folder; it is made with the first object."""
        self.root = root

    def path(self, digest: str) -> Path:
        """Where the object of a digest lies, whether or not it is there."""
        return self.root / digest[:2] / digest

    def keep(self, contents: bytes) -> str:
        """Store bytes unless they are there already; returns their digest.

        Two processes that keep the same bytes at once each write a draft and rename it over the
        same name: whichever comes last, the object is whole throughout.
        """
        digest = sha256(contents)
        target = self.path(digest)
        if target.exists():
            return digest
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=".draft-", dir=target.parent)
        os.close(handle)
        draft = Path(name)
        try:
            write_durably(draft, contents)
            move(draft, target)
        except FileInUseError:  # read by another process, so it is there
            if not target.exists():
                raise
        finally:
            draft.unlink(missing_ok=True)
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes of a digest.

        Raises:
            DamagedError: they are missing or have changed.
        """
        try:
            contents = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise DamagedError(f"input {digest[:12]} is missing from the archive") from None
        if sha256(contents) != digest:
            raise DamagedError(f"input {digest[:12]} in the archive has been altered")
        return contents

    def restore(self, files: Mapping[str, str], folder: Path) -> None:
        """Lay objects out as files: name within ``folder`` to digest.

        Raises:
            DamagedError: an object is missing or altered, or a name leaves the folder.
        """
        for name, digest in files.items():
            target = (folder / name).resolve()
            if not target.is_relative_to(folder.resolve()):
                raise DamagedError(f"the manifest names an input outside the case: {name}")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.read(digest))
