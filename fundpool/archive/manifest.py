"""The manifest of a run: what was asked for, with what, and what came out."""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from fundpool.archive.objects import DamagedError, is_digest, sha256
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.messages import reason as message_of

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Request:
    """What decides a run's result.

    Attributes:
        command: name of the command, such as ``report``.
        case: folder, workbook or bundled name of the case, without the folders above it.
        parameters: every option in force, defaults included, by name.
        case_files: digest of every file of the case by its name.
        parameter_files: digest of every file that an option names, by that name.
        inputs_sha256: digest of the case as projected, changes included.
        code_version: version of fundpool.
        code_sha256: digest of its source.
    """

    command: str
    case: str
    parameters: dict[str, Any]
    case_files: dict[str, str]
    parameter_files: dict[str, str]
    inputs_sha256: str
    code_version: str
    code_sha256: str

    @property
    def digest(self) -> str:
        """Digest of all of it: equal digests promise equal results."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return sha256(text.encode())


@dataclass(frozen=True)
class Manifest:
    """A whole run, as its folder says.

    Attributes:
        run: its id, the name of its folder.
        request: what was asked for.
        case_name, base_year: of the case.
        command_line: the command as typed, in its shortest form.
        seed: of random scenarios; None without.
        previous: id of the run that this one was compared with.
        packages: versions of Python and packages.
        machine: system and processor family.
        exit_status: 0 or 3 (an alert); other runs are not kept.
        recorded_at: when the run was written, UTC; says nothing about its figures.
        files: digest of every file of the run but the manifest.
        case_title: title of the case; None in runs kept by earlier versions.
        place_sha256: digest of the folder that the case was read from, to tell two folders of one
            name apart; None as above.
    """

    run: str
    request: Request
    case_name: str
    base_year: int
    command_line: str
    seed: int | None
    previous: str | None
    packages: dict[str, str]
    machine: str
    exit_status: int
    recorded_at: str
    files: dict[str, str] = field(default_factory=dict)
    case_title: str | None = None
    place_sha256: str | None = None

    def text(self) -> str:
        """The manifest as JSON."""
        contents = {"schema_version": SCHEMA_VERSION} | asdict(self)
        return json.dumps(contents, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


class OtherVersionError(DamagedError):
    """A manifest that a later version of the program wrote.

    Attributes:
        contents: the manifest as plain data.
    """

    def __init__(self, version: int, contents: dict[str, Any]) -> None:
        """Keep what can be read."""
        self.contents = contents
        super().__init__(
            f"the manifest has schema version {version}; this program reads {SCHEMA_VERSION}"
        )


def read_manifest(text: str) -> Manifest:
    """A manifest from its JSON.

    Raises:
        OtherVersionError: a later version of the program wrote it.
        DamagedError: it is not one, or names a file outside the place it belongs to.
    """
    try:
        contents = json.loads(text)
        version = contents.pop("schema_version")
        if type(version) is int and version > SCHEMA_VERSION:
            raise OtherVersionError(version, contents)
        if version != SCHEMA_VERSION:
            raise DamagedError(
                Message(
                    "the manifest has schema version %(version)s; this program reads %(known)s",
                    version=version,
                    known=SCHEMA_VERSION,
                )
            )
        request = Request(**contents.pop("request"))
        if "files" not in contents:
            raise ValueError(Message("files is missing"))
        known = {item.name for item in fields(Manifest)}
        manifest = Manifest(request=request, **{k: v for k, v in contents.items() if k in known})
        _check(manifest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DamagedError(
            Message("the manifest cannot be read: %(why)s", why=message_of(error))
        ) from None
    return manifest


def is_plain(name: object) -> bool:
    """Whether a text names one thing in a folder, on any system.

    >>> is_plain("jiangsu"), is_plain("../jiangsu"), is_plain("C:x"), is_plain("..")
    (True, False, False, False)
    """
    if not isinstance(name, str) or name.strip(". ") == "":
        return False
    return not any(sign in "/\\:" or ord(sign) < 32 for sign in name)


def is_inside(name: object) -> bool:
    """Whether a text is a path, written with ``/``, that stays below the folder it starts from.

    >>> is_inside("tables/regions.csv"), is_inside("tables/../../x"), is_inside("/etc/x")
    (True, False, False)
    """
    return isinstance(name, str) and all(is_plain(part) for part in name.split("/"))


def _check(manifest: Manifest) -> None:
    """Refuse contents of another kind than written, and names that lead out of their folders.

    Raises:
        ValueError: what is wrong.
    """
    request, previous = manifest.request, manifest.previous
    texts = {
        "case_name": manifest.case_name,
        "recorded_at": manifest.recorded_at,
        "command_line": manifest.command_line,
        "command": request.command,
        "code_version": request.code_version,
        "code_sha256": request.code_sha256,
        "inputs_sha256": request.inputs_sha256,
    }
    for name, value in texts.items():
        if not isinstance(value, str):
            raise ValueError(Message("%(name)s is no text", name=name))
    for name, number in (("base_year", manifest.base_year), ("exit_status", manifest.exit_status)):
        if type(number) is not int:
            raise ValueError(Message("%(name)s is no whole number", name=name))
    if not isinstance(request.parameters, dict) or not isinstance(manifest.packages, dict):
        raise ValueError(Message("parameters or packages are no mapping"))
    for name in (request.case, manifest.run, *([] if previous is None else [previous])):
        if not is_plain(name):
            raise ValueError(Message("%(name)s is no plain name", name=repr(name)))
    for files, plain in (
        (request.case_files, False), (request.parameter_files, True), (manifest.files, False),
    ):  # fmt: skip
        for name, digest in files.items():
            if not (is_plain(name) if plain else is_inside(name)):
                raise ValueError(
                    Message("it names a file outside its folder: %(name)s", name=repr(name))
                )
            if not is_digest(digest):
                raise ValueError(Message("the digest of %(name)s is no SHA-256", name=repr(name)))
