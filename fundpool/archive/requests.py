"""From a command under way to the request that the archive keeps, and back to a command."""

import shlex
from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from pathlib import Path
from typing import Any, Protocol

from fundpool.archive.manifest import Request
from fundpool.archive.objects import DamagedError, ObjectStore, sha256
from fundpool.archive.provenance import code_sha256
from fundpool.inputs.case import Case, case_path
from fundpool.inputs.case.bundled import is_there
from fundpool.inputs.format.messages import Message
from fundpool.options import MESSAGES
from fundpool.version import __version__

PLACES = frozenset(
    {
        "out", "archive", "json", "quiet", "help", "webhook", "webhook_file", "secret_file", "wait",
        "log", "metrics", "ping", "ping_file", "notify", MESSAGES,
    }
)  # fmt: skip
"""Options that say where results go and how a command speaks, not what results are."""

NOT_KEPT = PLACES | {"engine"}
"""Options that change no result and are no part of a request: also not where scenarios run.

Requests of earlier versions have the engine; it is not repeated, as it may name another machine.
"""

FILE_OPTIONS = frozenset({"--policy"})
"""Options whose values may name input files."""


class Parameter(Protocol):
    """What is asked of a command's parameter."""

    name: str | None
    opts: list[str]
    default: Any
    param_type_name: str


class Command(Protocol):
    """What is asked of a command."""

    name: str | None
    params: Sequence[Any]


class Context(Protocol):
    """A command under way: its definition and the parameters in force."""

    @property
    def command(self) -> Any:
        """The command."""

    @property
    def params(self) -> dict[str, Any]:
        """Values by parameter."""


class ChangedInputError(Exception):
    """An input file was changed while the run was going on."""


def options(context: Context, resolved: Mapping[str, Any]) -> dict[str, Any]:
    """Every option in force, by its flag; ``resolved`` puts found values in place of defaults."""
    values = {}
    for parameter in context.command.params:
        if parameter.param_type_name != "option" or parameter.name in NOT_KEPT:
            continue
        value = resolved.get(parameter.name, context.params.get(parameter.name))
        flag, value = _flagged(parameter, value)
        values[flag] = _plain(value)
    return values


def _flagged(parameter: Any, value: Any) -> tuple[str, Any]:
    """The flag that says a value, and the value: a refusal has a flag of its own."""
    if value is False and parameter.secondary_opts:
        return parameter.secondary_opts[0], True
    return parameter.opts[0], value


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def case_name(name: str) -> str:
    """A case as named on a command line, without the folders above it."""
    path = Path(name)
    return path.resolve().name if is_there(path) else path.name


def command_line(context: Context, resolved: Mapping[str, Any]) -> str:
    """The command as one would type it: the case's own name, and options that are not defaults.

    Options that were found while running, such as the pooling plans, are spelt out, and files are
    named without their folders, so that the command reads the same when the run is repeated.
    """
    words = ["fundpool", str(context.command.name), case_name(str(context.params["case"]))]
    for parameter in context.command.params:
        if parameter.param_type_name != "option" or parameter.name in NOT_KEPT | {"against"}:
            continue
        value = resolved.get(parameter.name, context.params.get(parameter.name))
        if value != parameter.default:
            flag, value = _flagged(parameter, value)
            value = _plain(value)
            if flag in FILE_OPTIONS and isinstance(value, list):
                value = [Path(item).name if _names_file(item) else item for item in value]
            words += _words(flag, value)
    return shlex.join(words)


def given_words(context: Any, left_out: Collection[str]) -> list[str]:
    """Options as they were typed, but for some; variables and defaults are left out.

    Args:
        context: a command under way.
        left_out: names of parameters.
    """
    words = []
    for parameter in context.command.params:
        if parameter.param_type_name != "option" or parameter.name in left_out:
            continue
        source = context.get_parameter_source(parameter.name)
        if source is not None and source.name == "COMMANDLINE":
            flag, value = _flagged(parameter, context.params[parameter.name])
            words += _words(flag, _plain(value))
    return words


def _words(flag: str, value: Any) -> list[str]:
    """An option as words of a command line.

    >>> _words("--set", ["a=1", "b=2"]), _words("--fast", True), _words("--seed", None)
    (['--set', 'a=1', '--set', 'b=2'], ['--fast'], [])
    """
    if value is None or value is False:
        return []
    if value is True:
        return [flag]
    if isinstance(value, list):
        return [word for item in value for word in _words(flag, item)]
    return [flag, str(value)]


def case_files(case: Case) -> dict[str, bytes]:
    """The files a case was read from, by their names within it.

    Raises:
        ChangedInputError: a file is no longer what was read.
    """
    origin = case_path(case.origin)
    if origin.is_file():
        return {origin.name: origin.read_bytes()}
    files = {}
    for name, digest in case.input_digests.items():
        contents = (origin / name).read_bytes()
        if sha256(contents) != digest:
            raise ChangedInputError(
                Message("%(name)s was changed while the run was going on", name=name)
            )
        files[name] = contents
    return files


def request_of(
    context: Context, case: Case, resolved: Mapping[str, Any], store: ObjectStore | None
) -> Request:
    """The request behind a command; its input files go to ``store`` unless that is None.

    Raises:
        ChangedInputError: an input file was changed while the run was going on.
    """
    keep = sha256 if store is None else store.keep
    parameters = options(context, resolved)
    files: dict[str, str] = {}
    for flag in sorted(parameters.keys() & FILE_OPTIONS):
        value = parameters[flag]
        many = value if isinstance(value, list) else [value]
        named = [_kept(item, files, keep) for item in many]
        parameters[flag] = named if isinstance(value, list) else named[0]
    return Request(
        command=str(context.command.name),
        case=case_name(case.origin),
        parameters=parameters,
        case_files={name: keep(contents) for name, contents in case_files(case).items()},
        parameter_files=files,
        inputs_sha256=case.inputs_sha256,
        code_version=__version__,
        code_sha256=code_sha256(),
    )


def _names_file(value: Any) -> bool:
    """Whether a value of an option that may name a file does, as opposed to a policy's name."""
    return isinstance(value, str) and value.endswith(".toml")


def _kept(value: Any, files: dict[str, str], keep: Any) -> Any:
    """An option's value; a file is kept and named without its folders."""
    if not _names_file(value):
        return value
    name = Path(value).name
    digest = keep(Path(value).read_bytes())
    # on Windows and macOS names that differ in case only are one file
    if any(name.lower() == n.lower() and (name, digest) != (n, d) for n, d in files.items()):
        name = f"{digest[:8]}-{name}"
    files[name] = digest
    return name


def refuse_unknown(request: Request, commands: Mapping[str, Any]) -> None:
    """Refuse a request that this program would not have kept: nothing else is ever repeated.

    Options that say where results go are among what is refused.

    Args:
        request: the request.
        commands: the program's commands by name.

    Raises:
        DamagedError: the command keeps no runs, or an option is unknown or has a value of another
            kind.
    """
    parameters = getattr(commands.get(request.command), "params", ())
    if not {"case", "archive"} <= {parameter.name for parameter in parameters}:
        raise DamagedError(
            Message(
                "the manifest names a command that keeps no runs: %(command)s",
                command=repr(request.command),
            )
        )
    known = {
        flag: parameter
        for parameter in parameters
        if parameter.param_type_name == "option" and parameter.name not in PLACES
        for flag in (*parameter.opts, *parameter.secondary_opts)
    }
    for flag, value in request.parameters.items():
        parameter = known.get(flag)
        if parameter is None:
            raise DamagedError(
                Message(
                    "the manifest names an option that is none of this run: %(flag)s; it is "
                    "not repeated",
                    flag=repr(flag),
                )
            )
        plain = value if isinstance(value, list) and parameter.multiple else [value]
        kinds = (bool,) if parameter.is_flag else (str, int, float)
        if not all(item is None or isinstance(item, kinds) for item in plain):
            raise DamagedError(
                Message(
                    "the manifest gives the option %(flag)s the value %(value)s",
                    flag=repr(flag),
                    value=repr(value),
                )
            )


def words_of(request: Request, case: Path, files: Path, runs: Path) -> list[str]:
    """The command that repeats a request, without the program's name.

    Args:
        request: the request.
        case: where its case has been laid out.
        files: folder with the files that options name.
        runs: folder of runs that ``--against`` may name.
    """
    words = [request.command, str(case)]
    for flag, value in request.parameters.items():
        if flag == "--engine":
            continue
        many = value if isinstance(value, list) else [value]
        laid = [
            str(files / item) if isinstance(item, str) and item in request.parameter_files else item
            for item in many
        ]
        if flag == "--against":
            laid = [
                "none" if item in (None, "none") else str(runs / Path(str(item)).name)
                for item in laid
            ]
        words += _words(flag, laid if isinstance(value, list) else laid[0])
    return words
