"""Every input of a case, found in its contents: settings, scheme files."""

from collections.abc import Iterator, Mapping
from typing import Any

from fundpool.inputs.format.raw import RawCase, RawTable
from tests.cases.small import SmallCase

DESCRIPTIVE = ("source", "status", "note", "unit", "title", "title_local", "name", "about",
               "about_local", "schema_version", "currency")  # fmt: skip
"""What only readers see."""

KEPT_BESIDE = ("pooling.moral_hazard_published", "pooling.collection_effort_published", "tables",
               "sensitivity", "report_policies", "report")  # fmt: skip
"""Published estimates and sources, shown in reports; steps, lists and statements of a report."""

SettingPath = tuple[str, ...]


def case_as_read(case: SmallCase, tables: Mapping[str, RawTable] | None = None) -> RawCase:
    """A case as if it had been read from a folder.

    Args:
        case: the case.
        tables: what is known of its tables as read; the others are made.
    """
    tables = {
        name: RawTable(
            f"tables/{name}.csv",
            table.astype(object).where(table.notna(), "").map(lambda cell: str(cell)),
        )
        for name, table in case.tables.items()
        if name not in (tables or ())
    } | dict(tables or {})
    schemes = {name: _as_read(scheme) for name, scheme in case.schemes.items()}
    return RawCase("rich", _as_read(case.settings), schemes, _as_read(case.policies), tables)


def _as_read(item: Any) -> Any:
    if isinstance(item, Mapping):
        return {str(key): _as_read(value) for key, value in item.items()}
    return [_as_read(value) for value in item] if isinstance(item, list | tuple) else item


def _leaves(item: Any, lead: SettingPath = ()) -> Iterator[tuple[SettingPath, Any]]:
    if isinstance(item, Mapping):
        for key, value in item.items():
            if str(key) not in DESCRIPTIVE:
                yield from _leaves(value, (*lead, str(key)))
        if "value" in item and "by_year" not in item:
            yield (*lead, "by_year"), item["value"]
    else:
        yield lead, item


def inputs_of(case: SmallCase) -> list[tuple[str, SettingPath]]:
    """File (or scheme) and path of every input, values of single years among them."""
    inputs = [("case.toml", path) for path, _ in _leaves(case.settings)]
    for name, scheme in case.schemes.items():
        inputs += [(name, path) for path, _ in _leaves(scheme)]
    return [
        (file, path) for file, path in inputs if not ".".join(path).startswith(KEPT_BESIDE)
    ]  # fmt: skip


def numbers_of(case: SmallCase) -> list[tuple[str, SettingPath]]:
    """File (or scheme) and path of every number."""
    return [
        (file, path)
        for file, path in inputs_of(case)
        if path[-1] != "by_year"
        and isinstance(held(case, file, path), int | float)
        and not isinstance(held(case, file, path), bool)
    ]


def held(case: SmallCase, file: str, path: SettingPath) -> Any:
    """What a case holds at a path; of years that are not listed the value without a year."""
    here: Any = case.settings if file == "case.toml" else case.schemes[file]
    for key in path:
        here = here["value"] if key == "by_year" and "by_year" not in here else here[key]
    return here


def put(case: SmallCase, file: str, path: SettingPath, value: Any) -> None:
    """Put something else at a path."""
    here: Any = case.settings if file == "case.toml" else case.schemes[file]
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = value
