"""The manifest of a run: what was asked for, with what, and what came out."""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from fundpool.archive.objects import DamagedError, sha256

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

    def text(self) -> str:
        """The manifest as JSON."""
        contents = {"schema_version": SCHEMA_VERSION} | asdict(self)
        return json.dumps(contents, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def read_manifest(text: str) -> Manifest:
    """A manifest from its JSON.

    Raises:
        DamagedError: it is not one, or of another schema version.
    """
    try:
        contents = json.loads(text)
        version = contents.pop("schema_version")
        if version != SCHEMA_VERSION:
            raise DamagedError(
                f"the manifest has schema version {version}; this program reads {SCHEMA_VERSION}"
            )
        request = Request(**contents.pop("request"))
        known = {item.name for item in fields(Manifest)}
        return Manifest(request=request, **{k: v for k, v in contents.items() if k in known})
    except (json.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise DamagedError(f"the manifest cannot be read: {error}") from None
