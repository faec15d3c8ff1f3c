"""The section ``statuses`` of case.toml: a case's own names of who is insured, and what they mean.

A named status is a part of the people of one *kind*, a coverage status of
:data:`fundpool.inputs.format.vocabulary.STATUSES`: the kind says how people move, age and change
their cover and which scheme pays, the name whether they pay and whether the scheme covers them.
"""

from collections.abc import Callable, Mapping, Sequence, Set

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
KIND_OF_DEPENDANTS = "local_resident"
KINDS_OF_WORKERS = ("employee", "migrant")
"""Statuses whose members take dependants along on a move; a retired member's old pool goes on
paying, which insures nobody else."""
Report = Callable[[str, object, Message, Message], None]


class NamedStatus(Part):
    """People of a kind whom a case calls by a name of their own.

    Attributes:
        kind: the coverage status that they are a part of.
        title: what outputs call them.
        title_local: the same in the local language.
        pays: what one of them pays over what another contributor of the kind does; nothing unless
            given for dependants and people outside, one for others.
        dependant_of: the named status of the members whose dependants they are, as co-insured
            children and spouses. They move with members: where these keep their cover on a move,
            fall back on another or lose it, dependants do as well.
        outside: covered by something other than the schemes of the case, as civil servants or the
            privately insured: they pay nothing to its funds and draw nothing from them.
        source, status, note: where it comes from.
    """

    kind: str
    title: str = Field(min_length=1)
    title_local: str = ""
    pays: float | None = Field(default=None, ge=0.0, le=1.0)
    dependant_of: str = ""
    outside: bool = False
    source: str = Field(min_length=1)
    status: Status
    note: str = ""

    @property
    def payment(self) -> float:
        """What one of them pays over what another contributor of the kind does."""
        if self.outside:
            return 0.0
        if self.pays is not None:
            return self.pays
        return 0.0 if self.dependant_of else 1.0


def names_of_cover(statuses: Mapping[str, NamedStatus]) -> tuple[str, ...]:
    """What the column ``cover`` may say: kinds that are not divided, and the names of the others.

    >>> names_of_cover({})[:2]
    ('none', 'home_resident')
    """
    divided = {status.kind for status in statuses.values()}
    return (*(kind for kind in STATUSES if kind not in divided), *statuses)


def kinds_meant(
    words: Sequence[str], statuses: Mapping[str, NamedStatus], key: str, report: Report
) -> list[str]:
    """Coverage statuses that a scheme file means by kinds, or by the named statuses of a kind.

    One scheme insures all people of a kind but those outside, and the names say who pays: so names
    are listed together, all that are not outside, or of ``statuses_paying`` all that pay.

    >>> kinds_meant(["employee", "dual"], {}, "statuses_covered", print)
    ['employee', 'dual']

    Args:
        words: of the key.
        statuses: named statuses of the case.
        key: ``statuses_covered`` or ``statuses_paying``.
        report: takes what is wrong with a word.
    """
    kind_of = {name: status.kind for name, status in statuses.items() if status.kind in STATUSES}
    kinds = list(dict.fromkeys(kind_of.get(word, word) for word in words))
    for kind in kinds:
        said = [word for word in words if kind_of.get(word) == kind]
        if not said:
            continue
        if kind in words:
            report(key, kind, Message("the kind alone, or all its named statuses"),
                   Message("Take it out."))  # fmt: skip
        meant = [
            name
            for name, of_name in kind_of.items()
            if of_name == kind
            and (statuses[name].payment > 0 if key == "statuses_paying" else
                 not statuses[name].outside)
        ]  # fmt: skip
        for name in said:
            if name not in meant:
                report(key, name,
                       Message("a status that pays") if key == "statuses_paying" else
                       Message("a status that is not outside the schemes"),
                       Message("Take it out, or change it in %(file)s.",
                               file="case.toml"))  # fmt: skip
        for name in meant:
            if name not in said:
                report(key, said[0],
                       Message("%(name)s beside it, which is of the same kind", name=name),
                       Message("Add %(name)s, or write %(kind)s for all.", name=name,
                               kind=kind))  # fmt: skip
    return kinds


def named_status_findings(statuses: Mapping[str, NamedStatus], file: str) -> list[Finding]:
    """Unknown kinds, names that mean something else, titles given twice, payers outside."""
    findings: list[Finding] = []

    def report(path: str, value: object, expected: Message, mend: Message) -> None:
        findings.append(
            Finding.of_setting(file, f"statuses.{path}", str(value), expected, mend)
        )  # fmt: skip

    titles = [status.title for status in statuses.values()]
    local_titles = [status.title_local for status in statuses.values() if status.title_local]
    for name, status in statuses.items():
        if name in (*STATUSES, OUTSIDE, *COLUMNS_OF_PEOPLE) or not name.isidentifier():
            report(name, name,
                   Message("a word of letters, digits and underscores that is no coverage status"),
                   Message("Rename it."))  # fmt: skip
        if status.kind not in KINDS:
            report(f"{name}.kind", status.kind, Message("one of %(words)s", words=Listed.of(KINDS)),
                   did_you_mean(status.kind, KINDS))  # fmt: skip
        if titles.count(status.title) > 1:
            report(f"{name}.title", status.title, Message("each name once"),
                   Message("Rename one of them."))  # fmt: skip
        if local_titles.count(status.title_local) > 1:
            report(f"{name}.title_local", status.title_local, Message("each name once"),
                   Message("Rename one of them."))  # fmt: skip
        if status.outside and status.pays:
            report(f"{name}.pays", f"{status.pays:g}",
                   Message("nothing, as people of this status are outside the schemes"),
                   Message("Take it out."))  # fmt: skip
        if status.dependant_of:
            _check_dependants(statuses, name, report)
    _check_all_or_none(statuses, report)
    return findings


COLUMNS_OF_PEOPLE = (
    "region", "name", "year", "persons", "registered", "births", "deaths", "moved_in", "moved_out",
)  # fmt: skip
"""Columns of the table ``people`` of results, in which named statuses have one each."""


def _check_dependants(statuses: Mapping[str, NamedStatus], name: str, report: Report) -> None:
    """Dependants of nobody, of people who take none along, or insured otherwise than these."""
    status = statuses[name]
    member = statuses.get(status.dependant_of)
    if member is None or member.dependant_of or member.kind not in KINDS_OF_WORKERS:
        members = [
            other
            for other, one in statuses.items()
            if one.kind in KINDS_OF_WORKERS and not one.dependant_of
        ]
        report(f"{name}.dependant_of", status.dependant_of,
               Message("a named status of the kind %(kinds)s whose people are no dependants",
                       kinds=Listed.of(KINDS_OF_WORKERS)),
               did_you_mean(status.dependant_of, members))  # fmt: skip
    elif member.outside != status.outside:
        report(
               f"{name}.outside", str(status.outside).lower(),
               Message("%(outside)s, as their members of %(member)s are",
                       outside=str(member.outside).lower(), member=status.dependant_of),
               Message("Dependants are insured as their members are. Change one of them."),
        )  # fmt: skip
    if status.kind in KINDS and status.kind != KIND_OF_DEPENDANTS:
        report(f"{name}.kind", status.kind,
               Message("%(kind)s for dependants", kind=KIND_OF_DEPENDANTS),
               Message("Dependants are insured where their members live; people of %(kind)s do "
                       "not move with them.", kind=status.kind))  # fmt: skip


def _check_all_or_none(statuses: Mapping[str, NamedStatus], report: Report) -> None:
    """People of a kind move alike: all of them are dependants, or nobody is."""
    kind = {
        name: status for name, status in statuses.items() if status.kind == KIND_OF_DEPENDANTS
    }  # fmt: skip
    if not any(status.dependant_of for status in kind.values()):
        return
    for name, status in kind.items():
        if not status.dependant_of:
            report(
                   f"{name}.dependant_of", "",
                   Message("a status of members, as others of the kind %(kind)s are dependants",
                           kind=KIND_OF_DEPENDANTS),
                   Message("People of a kind move alike. Add it, or choose another kind."),
            )  # fmt: skip


def unused_findings(
    statuses: Mapping[str, NamedStatus],
    paying: Set[str],
    used: Set[str],
    lapse: bool,
    file: str = "case.toml",
) -> list[Finding]:
    """Settings without effect: nobody of a status, or a payment that no scheme takes.

    Args:
        statuses: of the case.
        paying: coverage statuses that pay contributions to a scheme.
        used: words of the column ``cover``.
        lapse: whether local residents drop their cover by themselves.
        file: what the findings name.
    """
    findings = []
    for name, status in statuses.items():
        if name not in used:
            findings.append(Finding.of_setting(
                file, f"statuses.{name}", name,
                Message("people of this status in the table coverage"),
                Message("It has no effect: add rows, or take it out."), severity="warning",
            ))  # fmt: skip
        if status.pays and not status.outside and status.kind not in paying:
            findings.append(Finding.of_setting(
                file, f"statuses.{name}.pays", f"{status.pays:g}",
                Message("nothing, as no scheme takes contributions from %(kind)s",
                        kind=status.kind),
                Message("Add %(kind)s to statuses_paying of a scheme, or take it out.",
                        kind=status.kind),
            ))  # fmt: skip
    if lapse and any(status.dependant_of for status in statuses.values()):
        findings.append(Finding.of_setting(
            file, "coverage.local_resident_lapse_rate", None,
            Message("0, as local residents are dependants, who leave with their members"),
            Message("It has no effect: write 0."), severity="warning",
        ))  # fmt: skip
    return findings
