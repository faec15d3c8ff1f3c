"""Values of a new case that nobody has replaced yet."""

from collections.abc import Iterator, Mapping
from typing import Any

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message

STARTING = "starting value of `fundpool new`"
"""Source of a value that a new case starts with."""

MOST_NAMED = 6
"""Settings of a file named in a finding."""


def starting_findings(
    settings: Mapping[str, Any], schemes: Mapping[str, Mapping[str, Any]]
) -> list[Finding]:
    """A warning for every file in which starting values stand."""
    findings = []
    for file, contents in (
        ("case.toml", settings),
        *((f"schemes/{name}.toml", scheme) for name, scheme in schemes.items()),
    ):
        paths = list(_starting(contents, ""))
        if paths:
            more = f", ... ({len(paths)} in all)" if len(paths) > MOST_NAMED else ""
            findings.append(
                Finding.of_setting(file, ", ".join(paths[:MOST_NAMED]) + more, STARTING,
                                   Message("a source for every value of the case"),
                                   Message("Replace the value, or keep it and write why as its "
                                           "source."), severity="warning")
            )  # fmt: skip
    return findings


def _starting(section: Mapping[str, Any], lead: str) -> Iterator[str]:
    for name, part in section.items():
        if isinstance(part, Mapping):
            if part.get("source") == STARTING:
                yield f"{lead}{name}"
            yield from _starting(part, f"{lead}{name}.")
