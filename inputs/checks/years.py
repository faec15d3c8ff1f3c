"""Values of single years that no projected year follows."""

from collections.abc import Iterable, Iterator, Mapping

from fundpool.inputs.format.findings import Finding
from fundpool.inputs.format.messages import Message, sentences
from fundpool.inputs.settings.parameters import Parameter
from fundpool.inputs.settings.scheme_file import SchemeFile
from fundpool.inputs.settings.sections import Settings

LONGEST = 100
"""Years that a projection may have."""

GROWTH = (
    "economy.wage_growth",
    "economy.medical_inflation",
    "economy.interest",
    "economy.consumer_inflation",
    "economy.premium_growth",
    "economy.base_limit_growth",
    "mobility.out_migration_growth",
    "mobility.in_migration_growth",
    "coverage.employee_enrolment_growth",
)
"""Assumptions about what happens from one year to the next: the base year itself has none."""

SECTIONS = ("economy", "mobility", "coverage", "participation")


def year_findings(settings: Settings, schemes: Mapping[str, SchemeFile]) -> list[Finding]:
    """Listed years that no projection reaches, as errors, and past ones, as warnings.

    The value of a past year was right at an earlier valuation; it is said, and does not refuse
    the case. A rule holds from its year on, so that the last one before the base year counts.
    """
    findings: list[Finding] = []
    base = settings.base_year
    for section in SECTIONS:
        part = getattr(settings, section)
        for name in type(part).model_fields if part is not None else ():
            item = getattr(part, name)
            path = f"{section}.{name}"
            if isinstance(item, Parameter):
                first = base + (path in GROWTH)
                findings += years_outside(
                    "case.toml", f"{path}.by_year", sorted(item.by_year), first, base
                )
    for name, scheme in schemes.items():
        for path, years in _dated(scheme):
            begun = [year for year in years if year <= base]
            first = max(begun, default=base)
            findings += years_outside(
                f"schemes/{name}.toml", f"{path}.by_year", sorted(years), first, base
            )
    return findings


def _dated(scheme: SchemeFile) -> Iterator[tuple[str, Iterable[int]]]:
    """Everything in a scheme file that holds from a year on: its path and years."""
    for rule, parameter in scheme.rules.items():
        yield f"rules.{rule}", parameter.by_year
    yield "settlement.regime", scheme.settlement.regime.by_year
    yield "settlement.offsite_penalty", scheme.settlement.offsite_penalty.by_year
    if scheme.portability is not None:
        yield "portability.account", scheme.portability.account.by_year
        yield "portability.insured_time", scheme.portability.insured_time.by_year
    if scheme.enrolment is not None:
        yield "enrolment.intensity", scheme.enrolment.intensity.by_year


def years_outside(
    file: str, column: str, years: Iterable[int], first: int, base: int
) -> Iterator[Finding]:
    """Findings for the years before ``first`` and after the longest projection."""
    last = base + LONGEST
    for year in years:
        if first <= year <= last:
            continue
        past = 1900 <= year < first
        yield Finding.of_setting(file, column, str(year),
                                 Message("a year from %(first)s to %(last)s", first=first,
                                         last=last),
                                 sentences(
                                     Message("It has no effect: no projected year follows it."),
                                     Message("Take it out.") if past
                                     else Message("Correct the year.")),
                                 severity="warning" if past else "error")  # fmt: skip
