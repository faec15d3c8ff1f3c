"""Assumptions on cover, participation and moves in a year, as numbers."""

from dataclasses import dataclass

import numpy as np

from fundpool.actuarial.mobility import turnover_hazard
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, SEXES
from fundpool.inputs.rules.schemes import Scheme
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.terms.packages import joining_share


@dataclass(frozen=True)
class CoverageTerms:
    """Cover in a year.

    Attributes:
        turnover: hazard of leaving work-based cover through job turnover.
        stayer_turnover: the same of stayers, relative to others.
        resident_lapse, local_resident_lapse, dual_lapse: hazards of dropping cover.
        newborn_enrolment: share of the newborn who are insured.
        kept_on_move: share of employees who keep work-based cover on a move.
        fallback_resident: share of those who lose it who fall back on the scheme of their home.
        prior_credit: credited years of those who enter, relative to contributors of their age.
        enrolment_growth: index of the hazard of entering work-based cover, one in the base year.
        working_age_from: age from which credited years count.
        credited_density, credited_cv: share of the years since then that contributors of the base
            year have credited, and the coefficient of variation of their credited years.
    """

    turnover: float
    stayer_turnover: float
    resident_lapse: float
    local_resident_lapse: float
    dual_lapse: float
    newborn_enrolment: float
    kept_on_move: float
    fallback_resident: float
    prior_credit: float
    enrolment_growth: float
    working_age_from: float
    credited_density: float
    credited_cv: float


@dataclass(frozen=True)
class ParticipationTerms:
    """What moves participation in a year.

    Attributes:
        awareness, contracts: shares.
        voluntary, enforced: shares of employers who comply by themselves, and of others made to.
        rate: contribution rate of the scheme of employees; one where nothing is paid on wages.
        portable: what portability makes of entry.
        lapse: what direct settlement makes of the hazard of dropping cover at home.
        elasticity: of entry to the rate.
    """

    awareness: float
    contracts: float
    voluntary: float
    enforced: float
    rate: float
    portable: float
    lapse: float
    elasticity: float


@dataclass(frozen=True)
class MigrantSchemeTerms:
    """Entry into a scheme of its own for migrant workers in a year, by county, ``(n,)``.

    Attributes:
        intensity: hazard of an employed person who is eligible and would join.
        by_contract: whether those with a contract alone may join.
        employed: share of people who work.
        joining: share of workers who may and would join.
    """

    intensity: float
    by_contract: bool
    employed: FloatArray
    joining: FloatArray


@dataclass(frozen=True)
class MobilityTerms:
    """Moves in a year.

    Attributes:
        out_growth, in_growth: indices of moves out of homes in the case and into it, one in the
            base year.
        child_accompanies: probability that a child born to a migrant lives with the mother.
        slack_season_share: share of the year that migrants spend at home.
    """

    out_growth: float
    in_growth: float
    child_accompanies: float
    slack_season_share: float


def coverage_terms(case: Case, year: int) -> CoverageTerms:
    """Cover in a year of a case."""

    def value(name: str) -> float:
        return case.value(f"coverage.{name}", year)

    return CoverageTerms(
        turnover=float(turnover_hazard(value("turnover_share_remaining"), value("turnover_years"))),
        stayer_turnover=value("stayer_turnover_relativity"),
        resident_lapse=value("resident_lapse_rate"),
        # dependants leave with their member, not by themselves
        local_resident_lapse=(
            0.0 if case.settings.has_dependants else value("local_resident_lapse_rate")
        ),
        dual_lapse=value("dual_lapse_rate"),
        newborn_enrolment=value("newborn_enrolment"),
        kept_on_move=value("employee_kept_on_move"),
        fallback_resident=value("fallback_resident"),
        prior_credit=value("prior_credit_share"),
        enrolment_growth=_index(case, "coverage.employee_enrolment_growth", year),
        working_age_from=case.value("coverage.working_age_from"),
        credited_density=case.value("coverage.credited_density"),
        credited_cv=case.value("coverage.credited_cv"),
    )


def mobility_terms(case: Case, year: int) -> MobilityTerms:
    """Moves in a year of a case."""
    return MobilityTerms(
        out_growth=_index(case, "mobility.out_migration_growth", year),
        in_growth=_index(case, "mobility.in_migration_growth", year),
        child_accompanies=case.value("mobility.child_accompanies", year),
        slack_season_share=case.value("mobility.slack_season_share", year),
    )


def _index(case: Case, path: str, year: int) -> float:
    """Compounded growth since the base year."""
    return float(np.prod([1.0 + case.value(path, y) for y in range(case.base_year + 1, year + 1)]))


def participation_terms(case: Case, year: int) -> ParticipationTerms | None:
    """What moves participation in a year; None where the case does not say."""
    if case.settings.participation is None:
        return None
    rate, portable, direct = 1.0, False, True
    for scheme in case.schemes:
        if scheme.kind == "payroll" and "employee" in scheme.statuses_covered:
            rate = scheme.rule("employer_rate", None, year) + scheme.rule(
                "employee_rate", None, year
            )
            portable = scheme.account_on_move(year) == "transfer" and scheme.time_recognised(year)
        if "home_resident" in scheme.statuses_covered:
            direct = scheme.regime(year) == "direct"

    def value(name: str) -> float:
        return case.value(f"participation.{name}", year)

    return ParticipationTerms(
        awareness=value("awareness"),
        contracts=value("contract_coverage"),
        voluntary=value("voluntary_compliance"),
        enforced=value("mandate_enforced"),
        rate=rate if rate > 0 else 1.0,
        portable=1.0 + value("portability_effect") * portable,
        lapse=1.0 - value("direct_settlement_effect") * direct,
        elasticity=value("premium_elasticity"),
    )


def migrant_scheme_terms(case: Case, year: int) -> MigrantSchemeTerms | None:
    """Entry into the scheme of migrant workers in a year; None without one, and before it opens."""
    scheme = migrant_scheme(case)
    if scheme is None or scheme.file.enrolment is None or year < scheme.file.enrolment.from_year:
        return None
    table = case.tables["employment"]
    employed = np.zeros(len(case.regions.codes))
    employed[[case.regions.index(code) for code in table["region"]]] = table["employed_share"]
    return MigrantSchemeTerms(
        intensity=scheme.file.enrolment.intensity.since(year),
        by_contract=scheme.file.enrolment.eligibility == "contract",
        employed=employed,
        joining=joining_share(case, scheme),
    )


def migrant_scheme(case: Case) -> Scheme | None:
    """The scheme that people enter by its own enrolment rule, if the case has one."""
    for scheme in case.schemes:
        if scheme.file.enrolment is not None:
            return scheme
    return None


def retirement_ages(case: Case, year: int) -> FloatArray:
    """Retirement age by sex under the payroll scheme in years, ``(2,)``; may have a fraction.

    >>> from fundpool import examples
    >>> retirement_ages(examples.case(), 2021).shape
    (2,)
    """
    for scheme in case.schemes:
        if scheme.kind == "payroll" and "retired" in scheme.statuses_covered:
            return np.array([scheme.rule(f"retirement_age_{sex}", None, year) for sex in SEXES])
    return np.array([AGES - 1.0, AGES - 1.0])


def retirement_steps(case: Case) -> tuple[tuple[int, FloatArray], ...]:
    """Years from which a retirement age changes, and the ages from then on, ascending.

    >>> from fundpool import examples
    >>> [year for year, _ in retirement_steps(examples.case())][:2]
    [2029, 2033]
    """
    years = {
        year
        for scheme in case.schemes
        for sex in SEXES
        if (rule := scheme.file.rules.get(f"retirement_age_{sex}")) is not None
        for year in rule.by_year
    }
    return tuple((year, retirement_ages(case, year)) for year in sorted(years))
