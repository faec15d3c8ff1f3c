"""Calibration: base-year contributions and claims meet the published fund totals.

For each scheme and measure the counties of a region with a published total share one multiplier,
``published / modelled``; where a city has its own total it has its own multiplier, and the
province's remainder sets that of all other counties. Later and local figures are compared, never
fitted. The table of actual against expected says what each multiplier is.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fundpool.inputs.case import Case
from fundpool.inputs.format.findings import CaseError, Finding
from fundpool.inputs.format.messages import Message
from fundpool.inputs.format.tables import FITTED_MEASURES
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.claims.compiled import ClaimRoom, claim_room
from fundpool.models.economy import EconomicPaths
from fundpool.models.flows.record import CountyFlows, Multipliers, no_multipliers
from fundpool.models.flows.years import OpeningYear, base_year_flows
from fundpool.models.funds.books import with_taken_in
from fundpool.models.population.preparation import Prepared

FITTED = FITTED_MEASURES
ACTUAL_TO_EXPECTED = (
    "scheme", "region", "name", "year", "measure", "use", "actual", "before", "multiplier",
    "expected", "ratio", "source", "status",
)  # fmt: skip
MET = 1e-13
"""Relative distance from every published total at which calibration ends."""

UNMET = 1e-6
"""Relative distance above which a published total has not been met."""

ROUNDS = 6
"""Passes over the claims: dual cover ties the schemes' claims weakly to one another."""


@dataclass(frozen=True)
class Calibration:
    """Multipliers and the base-year figures they were taken from.

    Attributes:
        multipliers: by scheme and county.
        before: modelled base-year figures without multipliers, by measure, ``(S, n)`` each.
        unmet: totals that no multiplier meets, with what comes nearest: scheme, measure, the
            counties ``(n,)``, and the modelled figure.
    """

    multipliers: Multipliers
    before: dict[str, FloatArray]
    unmet: tuple[tuple[str, str, np.ndarray, float], ...] = ()


def counties_of(case: Case, region: str) -> np.ndarray:
    """Counties that lie in a region of any level, as a mask ``(n,)``."""
    regions = case.regions
    for level in case.levels:
        codes = list(regions.codes_at(level))
        if region in codes:
            return np.asarray(regions.ancestor_index(level) == codes.index(region))
    raise ValueError(f"{region} is not a region of {case.name}")


def targets(case: Case, scheme: str, measure: str) -> list[tuple[np.ndarray, float]]:
    """Published base-year totals as (counties, money), each county in the finest region only."""
    table = case.tables["fund_totals"]
    rows = table[
        (table["scheme"] == scheme)
        & (table["measure"] == measure)
        & (table["use"] == "fit")
        & (table["year"] == case.base_year)
    ]
    listed = sorted(
        ((counties_of(case, region), float(value))
         for region, value in zip(rows["region"], rows["value"], strict=True)),
        key=lambda item: int(item[0].sum()),
    )  # fmt: skip
    result: list[tuple[np.ndarray, float]] = []
    for inside, value in listed:
        rest, left = inside.copy(), value
        for other, known in result:
            if (other & inside).any():
                rest &= ~other
                left -= known
        if rest.any():
            result.append((rest, left))
    return result


def calibrate(prepared: Prepared, opening: OpeningYear, paths: EconomicPaths) -> Calibration:
    """Multipliers that make the base year meet the published totals.

    >>> from fundpool import examples
    >>> from fundpool.models.flows import opening_year
    >>> prepared = examples.prepared()
    >>> fitted = calibrate(prepared, opening_year(prepared), examples.study().flows.paths)
    >>> fitted.unmet
    ()

    Raises:
        CaseError: a published total cannot be met because the model has nothing there, or
            because the totals of parts exceed that of the whole.
    """
    case = prepared.case
    n = prepared.pairs.counties
    current = no_multipliers(case)
    levels = {name: getattr(current, name).copy() for name in FITTED}
    before: dict[str, FloatArray] = {}
    room = claim_room(opening.terms)
    unmet: list[tuple[str, str, np.ndarray, float]] = []
    for turn in range(ROUNDS):
        furthest = 0.0
        unmet = []
        modelled = base_year_figures(prepared, opening, Multipliers(**levels), paths, room)
        if turn == 0:
            before = modelled
        for number, scheme in enumerate(case.schemes):
            for measure in FITTED:
                fixed = np.zeros(n)
                if measure == "contributions":
                    fixed = -modelled["retiree_credits"][number]
                for counties, value in targets(case, scheme.name, measure):
                    scaled = modelled[measure][number][counties].sum() - fixed[counties].sum()
                    wanted = value - fixed[counties].sum()
                    if scaled <= 0 or wanted <= 0:
                        raise CaseError([_unmet(measure, scheme.name, value, scaled)])
                    levels[measure][number, :n][counties] *= wanted / scaled
                    furthest = max(furthest, abs(wanted / scaled - 1.0))
                    if abs(wanted / scaled - 1.0) > UNMET:
                        unmet.append(
                            (scheme.name, measure, counties, scaled + fixed[counties].sum())
                        )
        if furthest < MET:
            break
    return Calibration(Multipliers(**levels), before, tuple(unmet))


def carried_over(calibration: Calibration, case: Case) -> Calibration:
    """The multipliers of the observed base year for a case with policies.

    A scheme that a policy adds takes those of the scheme that stands nearest: of the scheme that
    insures people at home for one that does too, else of the payroll scheme.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> carried_over(study.calibration, study.case).multipliers.claims.shape
    (2, 5)
    """
    names = [scheme.name for scheme in case.reference.schemes]
    nearest = {
        kind: next((i for i, s in enumerate(case.reference.schemes) if s.kind == kind), 0)
        for kind in ("flat", "payroll")
    }
    order = [names.index(s.name) if s.name in names else nearest[s.kind] for s in case.schemes]
    known = calibration.multipliers
    return Calibration(
        Multipliers(**{name: getattr(known, name)[order] for name in FITTED}),
        {name: values[order] for name, values in calibration.before.items()},
    )


def _unmet(measure: str, scheme: str, value: float, modelled: float) -> Finding:
    return Finding.of_setting(
        "tables/fund_totals",
        "value",
        f"{value:.6g}",
        Message(
            "%(measure)s of %(scheme)s that the case can meet (it has %(modelled)s there)",
            measure=measure,
            scheme=scheme,
            modelled=f"{modelled:.6g}",
        ),
        Message("Correct the total, or those of its parts, or who is covered."),
    )


def base_year_figures(
    prepared: Prepared,
    opening: OpeningYear,
    multipliers: Multipliers,
    paths: EconomicPaths,
    room: ClaimRoom | None = None,
) -> dict[str, FloatArray]:
    """Modelled base-year figures by scheme and county, ``(S, n)`` each.

    ``contributions`` are those of the pooled fund: account credits taken off, what is paid for
    missing years at retirement with them, as in published accounts.
    """
    n = prepared.pairs.counties
    claims, collected = base_year_flows(prepared, opening, multipliers, paths, room)
    credits = np.stack([s.account_credits[:n] for s in collected])
    gross = np.stack([s.contributions[:n] for s in collected])
    missing = np.stack([s.missing_years_paid[:n] for s in collected])
    shares = np.zeros_like(gross)
    case = prepared.case
    for number, scheme in enumerate(case.schemes):
        if scheme.kind == "payroll":
            shares[number] = scheme.rule_array("account_share", case.regions, case.base_year)
    return {
        "contributions": gross - credits + missing,
        "subsidies": np.stack([s.subsidies[:n] for s in collected]),
        "claims": claims.settlement.sum(axis=2)[:, :n],
        "account_credits": credits,
        "retiree_credits": credits - shares * gross,
        "participants": np.stack([s.persons[:n] for s in collected]),
        "contributors": np.stack([s.contributors[:n] for s in collected]),
        "retirees": np.stack([s.retirees[:n] for s in collected]),
    }


def expected_series(case: Case, flows: CountyFlows) -> dict[str, FloatArray]:
    """Yearly figures of the projection by measure, ``(S, T + 1, n + 1)`` each.

    Claims are payments: those of the base year equal what was incurred, as earlier years are
    taken to be like it.
    """
    claims, subsidies = flows.claims_incurred.copy(), flows.subsidies.copy()
    n = flows.residents.shape[1] - 1
    for number in range(len(case.schemes)):
        book = with_taken_in(case, flows, number)
        claims[number, 1:, :n], subsidies[number, 1:, :n] = book.claims_paid, book.subsidies
        base = flows.terms[0].schemes[number]
        if base.subsidies is not None:
            outgo = claims[number, 0, :n] * (1.0 + base.administration)
            outgo += base.administration_a_head * flows.persons[number, 0, :n]
            outgo += base.administration_of_contributions * flows.contributions[number, 0, :n]
            subsidies[number, 0, :n] += base.subsidies.outgo_share * outgo
    return {
        "contributions": flows.contributions - flows.account_credits + flows.missing_years_paid,
        "subsidies": subsidies,
        "claims": claims,
        "account_credits": flows.account_credits,
        "participants": flows.persons,
        "contributors": flows.contributors,
        "retirees": flows.retirees,
    }


def actual_to_expected(case: Case, flows: CountyFlows, calibration: Calibration) -> pd.DataFrame:
    """Published figures beside modelled ones.

    Columns: scheme, region, name, year, measure, use, actual, before (modelled without
    multipliers; base year only), multiplier, expected (modelled), ratio (actual / expected),
    source, status.

    >>> from fundpool import examples
    >>> study = examples.study()
    >>> table = actual_to_expected(study.case, study.flows, study.calibration)
    >>> table["measure"].unique().tolist()
    ['contributions', 'claims', 'subsidies']
    """
    n = flows.residents.shape[1] - 1
    series = expected_series(case, flows)
    rows = []
    for row in case.tables["fund_totals"].to_dict("records"):
        year, measure = int(row["year"]), str(row["measure"])
        t = year - case.base_year
        if measure not in series or not 0 <= t < flows.years.size:
            continue
        scheme = case.scheme_number(str(row["scheme"]))
        inside = counties_of(case, str(row["region"]))
        expected = float(series[measure][scheme, t, :n][inside].sum())
        fitted = measure in FITTED and row["use"] == "fit" and t == 0
        level = getattr(calibration.multipliers, measure)[scheme, :n] if fitted else np.ones(n)
        rows.append(
            {
                "scheme": row["scheme"],
                "region": row["region"],
                "name": case.regions.name(str(row["region"])),
                "year": year,
                "measure": measure,
                "use": row["use"],
                "actual": float(row["value"]),
                "before": float(calibration.before[measure][scheme][inside].sum())
                if t == 0
                else np.nan,
                "multiplier": float(level[inside].mean()) if fitted else np.nan,
                "expected": expected,
                "ratio": float(row["value"]) / expected if expected else np.nan,
                "source": row["source"],
                "status": row["status"],
            }
        )
    return pd.DataFrame(rows, columns=list(ACTUAL_TO_EXPECTED))
