"""The whole path: a case in, projected funds under a pooling plan out.

``prepare -> calibrate -> county_flows`` is done once; a pooling plan is a recursion on these flows.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property
from html import escape

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.case import Case
from fundpool.inputs.format.vocabulary import AGES, SEXES, STATUSES
from fundpool.models.axes.arrays import IntArray
from fundpool.models.calibration.multipliers import (
    Calibration,
    actual_to_expected,
    calibrate,
    carried_over,
)
from fundpool.models.claims.provider_payments import ProviderYear
from fundpool.models.economy import economic_paths
from fundpool.models.flows.record import MIGRANT_MEASURES, CountyFlows
from fundpool.models.flows.years import county_flows, opening_year
from fundpool.models.funds.evenness import evenness_of, evenness_overall
from fundpool.models.funds.measures import pool_measures, scheme_summaries
from fundpool.models.funds.overview import scheme_overview
from fundpool.models.funds.recursion import PoolRun
from fundpool.models.funds.summary import PoolSummary
from fundpool.models.funds.table import fund_table
from fundpool.models.pooling.plans import PoolingPlan
from fundpool.models.pooling.short_form import plan_for
from fundpool.models.population.preparation import prepare
from fundpool.models.projection.settlement import settled

ACCOUNT_COLUMNS = {
    "opening_balance": "accounts_opening", "credits": "account_credits",
    "interest": "accounts_interest", "spending": "accounts_spending",
    "transfers_in": "accounts_in", "transfers_out": "accounts_out",
    "to_pool": "accounts_to_pool", "surrendered": "accounts_surrendered",
    "balance": "accounts_closing",
}  # fmt: skip
"""Columns of the account table and the flows that they show."""


@dataclass(frozen=True)
class Study:
    """A case projected once, ready to be pooled in any way.

    Attributes:
        case: the case.
        flows: flows of every county and year.
        calibration: the base-year multipliers.
    """

    case: Case
    flows: CountyFlows
    calibration: Calibration

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Study of {self.case.name}, {self.flows.years[0]} to {self.flows.years[-1]}>"

    def pooled(self, pooling: str | PoolingPlan) -> "Projection":
        """The projection under a pooling plan."""
        plan = plan_for(self.case, pooling)
        return Projection(self, plan, fund_table(self.case, self.flows, plan))

    @cached_property
    def actual_to_expected(self) -> pd.DataFrame:
        """Published figures beside modelled ones."""
        return actual_to_expected(self.case, self.flows, self.calibration)


@dataclass(frozen=True)
class Projection:
    """Projected funds under one pooling plan.

    Attributes:
        study: the case and its flows.
        plan: the pooling plan.
        funds: one row per scheme, pool and year (:func:`fundpool.models.funds.table.fund_table`).
    """

    study: Study
    plan: PoolingPlan
    funds: pd.DataFrame

    def __repr__(self) -> str:
        """What it is, in a line."""
        pools = self.funds.groupby("scheme", sort=False)["pool"].nunique()
        counts = ", ".join(f"{scheme} {number}" for scheme, number in pools.items())
        span = f"{self.years[0]} to {self.years[-1]}"
        return f"<Projection of {self.case.name}, {span}, pooled by {self.plan.name}: {counts}>"

    def _repr_html_(self) -> str:
        return in_html(self, self.overview)

    @property
    def case(self) -> Case:
        """The case."""
        return self.study.case

    @property
    def flows(self) -> CountyFlows:
        """Flows of every county and year."""
        return self.study.flows

    @property
    def years(self) -> IntArray:
        """Projected years, ``(T,)``."""
        return self.flows.years[1:]

    @cached_property
    def summaries(self) -> dict[str, tuple[PoolRun, PoolSummary]]:
        """Paths and measures of the pools of all stages as arrays, by scheme."""
        return scheme_summaries(self.case, self.flows, self.plan)

    @cached_property
    def measures(self) -> pd.DataFrame:
        """Solvency measures by scheme and pool, a row for every pool of every stage."""
        return pool_measures({name: summary for name, (_, summary) in self.summaries.items()})

    @cached_property
    def overview(self) -> pd.DataFrame:
        """One row per scheme (:func:`fundpool.models.funds.overview.scheme_overview`)."""
        return scheme_overview(self.case, self.flows, self.summaries)

    @cached_property
    def evenness(self) -> pd.DataFrame:
        """Evenness of the level rate between pools, by scheme."""
        return evenness_of(self.case, self.measures)

    @cached_property
    def evenness_overall(self) -> dict[str, float]:
        """Evenness of the level rate between pools over all schemes together."""
        return evenness_overall(self.case, self.measures)

    @cached_property
    def people(self) -> pd.DataFrame:
        """Residents by county and year, with births, deaths, moves, statuses, and named ones."""
        flows, regions = self.flows, self.case.regions
        n, years = len(regions.codes), flows.years.size
        frame = pd.DataFrame(
            {
                "region": np.repeat(regions.codes, years),
                "name": np.repeat([regions.name(code) for code in regions.codes], years),
                "year": np.tile(flows.years, n),
            }
        )
        columns = {"persons": flows.residents, "registered": flows.registered}
        events = ("births", "deaths", "moved_in", "moved_out")
        columns |= {name: getattr(flows, name) for name in events}
        columns |= {status: flows.by_status[..., k] for k, status in enumerate(STATUSES)}
        named = self.case.settings.statuses
        columns |= {name: flows.by_named[..., v] for v, name in enumerate(named)}
        for name, values in columns.items():
            frame[name] = values[:, :n].T.ravel()
        return frame

    @cached_property
    def ages(self) -> pd.DataFrame:
        """Residents of every county by sex and age at the end of each year.

        Columns: region, year, sex, age, persons; the base year is the first.
        """
        flows, codes = self.flows, self.case.regions.codes
        persons = flows.by_cell[:, : len(codes)].swapaxes(0, 1)
        index = pd.MultiIndex.from_product(
            [codes, flows.years, SEXES, range(AGES)], names=["region", "year", "sex", "age"]
        )
        return index.to_frame(index=False).assign(persons=persons.ravel())

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Personal accounts by scheme, county and year; schemes without accounts are left out.

        Columns: scheme, region, year and those of :data:`ACCOUNT_COLUMNS`. ``opening_balance``,
        ``credits``, ``interest`` and ``transfers_in`` less ``spending`` and ``transfers_out`` give
        ``balance``; ``to_pool`` and ``surrendered`` say what became of money transferred out.
        """
        flows, case = self.flows, self.case
        n, years = len(case.regions.codes), flows.years.size
        columns = {name: getattr(flows, of) for name, of in ACCOUNT_COLUMNS.items()}
        frames = []
        for number, scheme in enumerate(case.schemes):
            if scheme.kind != "payroll":
                continue
            frame = pd.DataFrame(
                {
                    "scheme": scheme.name,
                    "region": np.repeat(case.regions.codes, years - 1),
                    "year": np.tile(flows.years[1:], n),
                }
            )
            for name, values in columns.items():
                frame[name] = values[number, 1:, :n].T.ravel()
            frames.append(frame)
        if not frames:
            return pd.DataFrame(columns=["scheme", "region", "year", *columns])
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def migrants(self) -> pd.DataFrame:
        """What migrants pay and draw, by home and residence region of the second level and year.

        Columns: home, residence, year, persons, contributions (with subsidies), account_credits
        (the part credited to their accounts), net_contributions (what is left), from_host (paid
        by funds where they live), from_home (paid by funds at home), cost, uninsured (persons),
        spells (people who lost all cover in the year), work (persons insured through work),
        out_of_pocket. ``outside``: everywhere beyond the case, with funds not modelled.
        """
        flows, case = self.flows, self.case
        level = case.second_level
        codes = [*case.regions.codes_at(level), "outside"]
        _, _, size, _ = flows.migrants.shape
        home, residence = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
        frames = []
        for t, year in enumerate(flows.years):
            table = {name: flows.migrants[t, m].ravel() for m, name in enumerate(MIGRANT_MEASURES)}
            inhabited = table["persons"] > 0
            frame = pd.DataFrame({name: values[inhabited] for name, values in table.items()})
            frame.insert(0, "year", int(year))
            frame.insert(0, "residence", [codes[i] for i in residence.ravel()[inhabited]])
            frame.insert(0, "home", [codes[i] for i in home.ravel()[inhabited]])
            frames.append(frame)
        result = pd.concat(frames, ignore_index=True)
        result["net_contributions"] = result["contributions"] - result["account_credits"]
        result["out_of_pocket"] = result["cost"] - result["from_host"] - result["from_home"]
        return result

    @cached_property
    def retiring(self) -> pd.DataFrame:
        """Contributors who reach retirement age and how they have retiree cover.

        By home and residence region of the second level and year; columns home, residence, year,
        reaching, earned (with enough credited years), bought (paid missing years); persons.
        """
        flows, case = self.flows, self.case
        level = case.second_level
        codes = np.array([*case.regions.codes_at(level), "outside"])
        t, home, residence = np.nonzero(flows.retiring[:, 0])
        return pd.DataFrame(
            {
                "home": codes[home],
                "residence": codes[residence],
                "year": flows.years[t],
                "reaching": flows.retiring[t, 0, home, residence],
                "earned": flows.retiring[t, 1, home, residence],
                "bought": flows.retiring[t, 2, home, residence],
            }
        )

    @cached_property
    def settlement(self) -> pd.DataFrame:
        """Incurred payments by scheme, year, paying county and county of treatment (non-zero).

        Sums by payer are the claims incurred of the plan's funds
        (:func:`fundpool.models.projection.settlement.settled`). In cases of more than 400 counties
        by regions of the second level.
        """
        flows, case = self.flows, self.case
        detailed = flows.settlement.shape[2] == flows.residents.shape[1]
        level = case.levels[0 if detailed else min(1, len(case.levels) - 1)]
        codes = np.array([*case.regions.codes_at(level), "outside"])
        frames = []
        for number, scheme in enumerate(case.schemes):
            paid = settled(case, flows, self.plan, number)
            t, payer, place = np.nonzero(paid)
            frames.append(
                pd.DataFrame(
                    {
                        "scheme": scheme.name,
                        "year": flows.years[t],
                        "payer": codes[payer],
                        "place": codes[place],
                        "amount": paid[t, payer, place],
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)

    @property
    def provider_payments(self) -> pd.DataFrame:
        """Services paid for otherwise than by claim, by scheme, region of the rule and year.

        Columns: scheme, region, service, year, method; claims (their worth by the benefit rules),
        budget, points (claims at prices of the base year), point_value (budget a point), paid,
        settled_share (of the claims' worth), borne_by_providers (what they are not paid; negative:
        what they keep).
        """
        columns = [each.name for each in fields(ProviderYear)]
        table = pd.DataFrame([vars(row) for row in self.flows.provider_payments], columns=columns)
        table["service"] = [self.case.services[number] for number in table["service"]]
        points, claims = table["points"].to_numpy(float), table["claims"].to_numpy(float)
        table["point_value"] = ratio(table["budget"].to_numpy(float), points, np.nan)
        table["settled_share"] = ratio(table["paid"].to_numpy(float), claims, np.nan)
        return table.assign(borne_by_providers=table["claims"] - table["paid"])

    @property
    def calibration(self) -> pd.DataFrame:
        """Published figures beside modelled ones."""
        return self.study.actual_to_expected

    @property
    def economy(self) -> pd.DataFrame:
        """Paths of the economy: year, interest, and indices that are one in the base year.

        Money of a year divided by ``consumer_price`` is in prices of the base year. Where a case
        has trends of services, ``price_<service>`` and ``volume_<service>`` are their indices, the
        price with medical inflation.
        """
        paths, services = self.study.flows.paths, self.case.services
        trends = [terms.trends for terms in self.study.flows.terms]
        by_service: dict[str, np.ndarray] = {}
        if len(self.case.tables["service_trends"]):
            prices = np.stack([each.price for each in trends]) * paths.medical_price[:, None]
            volumes = np.stack([each.volume for each in trends])
            by_service = {f"price_{name}": prices[:, c] for c, name in enumerate(services)}
            by_service |= {f"volume_{name}": volumes[:, c] for c, name in enumerate(services)}
        return pd.DataFrame(
            {
                "year": [int(year) for year in self.study.flows.years],
                "interest": np.append(np.nan, paths.interest),
                "wage": paths.wage,
                "medical_price": paths.medical_price,
                "premium": paths.premium,
                "consumer_price": paths.consumer_price,
                **by_service,
            }
        )


def in_html(result: object, table: pd.DataFrame) -> str:
    """A result as a notebook shows it: what it is, and its table."""
    return f"<p>{escape(repr(result)[1:-1])}</p>{table.to_html(index=False, na_rep='–')}"


def study(
    case: Case,
    years: int | None = None,
    progress: Callable[[int], None] | None = None,
    calibration: Calibration | None = None,
    precision: str | None = None,
) -> Study:
    """Prepare, calibrate and project a case; no pooling yet.

    A case with policies is calibrated as it was before them: they change what comes, not what was.

    Args:
        case: a checked case.
        years: number of projected years; those of ``solvency.horizon`` unless given.
        progress: called with each finished year.
        calibration: that of ``case.reference``, where it is known already.
        precision: ``single`` or ``double`` for the people
    (:func:`fundpool.models.population.preparation.prepare`).
    """
    span = round(case.value("solvency.horizon")) if years is None else years
    prepared = prepare(case, precision)
    opening = [opening_year(prepared)]
    if calibration is None:
        if case.before is None:
            calibration = calibrate(prepared, opening[0], economic_paths(case, 0))
        else:
            known = prepare(case.before)
            calibration = calibrate(known, opening_year(known), economic_paths(case.before, 0))
    if case.before is not None:
        calibration = carried_over(calibration, case)
    # the opening year is handed over, so that a nation's claims are not held longer than needed
    flows = county_flows(
        prepared, opening.pop(), span, calibration.multipliers, progress, in_place=True
    )
    return Study(case, flows, calibration)


def project(
    case: Case,
    pooling: str | PoolingPlan | None = None,
    years: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Projection:
    """Project a case under one pooling plan.

    >>> from fundpool import examples
    >>> projection = project(examples.case(), pooling="city", years=2)
    >>> projection.years.tolist(), projection.funds["scheme"].unique().tolist()
    ([2021, 2022], ['employee', 'resident'])

    Args:
        case: a checked case.
        pooling: a plan or its short form (:func:`fundpool.models.pooling.short_form.plan_for`),
            such as a level;
            default: the plan of the policies laid over the case, or the pooling in force.
        years: number of projected years; default: ``solvency.horizon`` of the case.
        progress: called with each finished year.

    Raises:
        ValueError: a plan that the case cannot follow.
    """
    plan = plan_for(case, pooling or case.usual_pooling)  # refused before the work
    return study(case, years, progress).pooled(plan)
