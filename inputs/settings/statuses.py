"""The section ``statuses`` of case.toml: a case's own names of who is insured, and what they mean.

A named status is a part of the people of one *kind*, a coverage status of
:data:`fundpool.inputs.format.vocabulary.STATUSES`: the kind says how people move, age and change
their cover and which scheme pays, the name whether they pay and whether the scheme covers them.
"""

from collections.abc import Mapping

from pydantic import Field

from fundpool.inputs.format.findings import Finding, did_you_mean
from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.vocabulary import OUTSIDE, STATUSES
from fundpool.inputs.settings.parameters import Part, Status

KINDS = tuple(
    status for status in STATUSES if status not in ("none", "dual", "retired_elsewhere")
)  # fmt: skip
"""Statuses that a named one may be a part of. Those of ``retired_elsewhere`` are divided as the
retired are; double cover is settled between two schemes as a whole."""


class NamedStatus(Part):
    """People of a kind whom a case calls by a name of their own.

    Attributes:
        kind: the coverage status that they are a part of.
        title: what outputs call them.
        pays: what one of them pays over what another contributor of the kind does; 0 for
            dependants of members.
        outside: covered by something other than the schemes of the case, as civil servants or the
            privately insured: they pay nothing to its funds and draw nothing from them.
        source, status, note: where it comes from.
    """

    kind: str
    title: str = Field(min_length=1)
    pays: float = Field(default=1.0, ge=0.0, le=1.0)
    outside: bool = False
    source: str = Field(min_length=1)
    status: Status
    note: str = ""


def names_of_cover(statuses: Mapping[str, NamedStatus]) -> tuple[str, ...]:
    """What the column ``cover`` may say: kinds that are not divided, and the names of the others.

    >>> names_of_cover({})[:2]
    ('none', 'home_resident')
    """
    divided = {status.kind for status in statuses.values()}
    return (*(kind for kind in STATUSES if kind not in divided), *statuses)


def named_status_findings(statuses: Mapping[str, NamedStatus], file: str) -> list[Finding]:
    """Unknown kinds, names that mean something else, titles given twice, payers outside."""
    findings: list[Finding] = []

    def report(path: str, value: object, expected: Message, mend: Message) -> None:
        findings.append(
            Finding.of_setting(file, f"statuses.{path}", str(value), expected, mend)
        )  # fmt: skip

    titles = [status.title for status in statuses.values()]
    for name, status in statuses.items():
        if name in (*STATUSES, OUTSIDE) or not name.isidentifier():
            report(name, name,
                   Message("a word of letters, digits and underscores that is no coverage status"),
                   Message("Rename it."))  # fmt: skip
        if status.kind not in KINDS:
            report(f"{name}.kind", status.kind, Message("one of %(words)s", words=Listed.of(KINDS)),
                   did_you_mean(status.kind, KINDS))  # fmt: skip
        if titles.count(status.title) > 1:
            report(f"{name}.title", status.title, Message("each name once"),
                   Message("Rename one of them."))  # fmt: skip
        if status.outside and "pays" in status.model_fields_set and status.pays > 0:
            report(f"{name}.pays", f"{status.pays:g}",
                   Message("nothing, as people of this status are outside the schemes"),
                   Message("Take it out."))  # fmt: skip
    return findings
