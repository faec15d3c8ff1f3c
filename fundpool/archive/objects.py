"""Input files kept once, by content: ``inputs/ab/abcdef...`` holds the bytes with that SHA-256."""

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from fundpool.inputs.files.disk import FileInUseError, flush, made_folders, move, unused
from fundpool.inputs.format.messages import Message

DRAFT = ".draft-"
"""How names of unfinished objects begin."""


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


_DIGEST = re.compile("[0-9a-f]{64}")


def is_digest(text: object) -> bool:
    """Whether a text is a SHA-256 in hex digits, and so a safe name of a file."""
    return isinstance(text, str) and _DIGEST.fullmatch(text) is not None


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

        An object that is no longer what its name says is written anew. Two processes that keep the
        same bytes at once each write a draft and rename it over the same name: whichever comes
        last, the object is whole throughout.
        """
        digest = sha256(contents)
        if self.damage(digest) == "":
            with suppress(OSError):  # another user's
                os.utime(self.path(digest))  # in use again: retention leaves new inputs alone
            return digest
        target = self.path(digest)
        made_folders(target.parent)
        draft = unused(target.parent, DRAFT)
        try:
            write_durably(draft, contents)
            move(draft, target)
            flush(target.parent)
        except FileInUseError:  # read by another process, so it is there
            if not target.exists():
                raise
        finally:
            draft.unlink(missing_ok=True)
        return digest

    def damage(self, digest: str) -> str:
        """What is wrong with an object, in words; empty if it is what its name says."""
        return self._loaded(digest)[1]

    def _loaded(self, digest: str) -> tuple[bytes, str]:
        """The bytes under a digest, and what is wrong with them, in words."""
        try:
            contents = self.path(digest).read_bytes()
        except FileNotFoundError:
            return b"", "is missing"
        except OSError as error:
            return b"", f"cannot be read: {error.strerror or error}"
        return contents, "" if sha256(contents) == digest else "has been altered"

    def digests(self) -> set[str]:
        """Names of all objects, whether or not their contents are sound."""
        return {path.name for path in self.root.glob("??/*") if is_digest(path.name)}

    def read(self, digest: str) -> bytes:
        """The bytes of a digest.

        Raises:
            DamagedError: they are missing or have changed.
        """
        contents, damage = self._loaded(digest)
        if damage:
            raise DamagedError(
                Message(
                    "input %(digest)s in the archive %(damage)s", digest=digest[:12], damage=damage
                )
            )
        return contents

    def restore(self, files: Mapping[str, str], folder: Path) -> None:
        """Lay objects out as files: name within ``folder`` to digest.

        Raises:
            DamagedError: an object is missing or altered, or a name leaves the folder.
        """
        for name, digest in files.items():
            target = (folder / name).resolve()
            if not target.is_relative_to(folder.resolve()):
                raise DamagedError(
                    Message("the manifest names an input outside the case: %(name)s", name=name)
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.read(digest))
