"""Plans of Jiangsu beside each other: what they ask, how safe they are, who would accept them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

import fundpool
from fundpool.actuarial.arrays import ratio
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.acceptance.coalitions import Sharing, players_of, sharing_of
from fundpool.models.optimiser.acceptance.measures import poor_to_rich, worse_off
from fundpool.models.optimiser.acceptance.terms import reference_rates
from fundpool.models.optimiser.certificate import Decision, recursion, terms_of
from fundpool.models.optimiser.explain.prices import obstacle
from fundpool.models.optimiser.plan import Plan
from fundpool.models.optimiser.planning import FRESH_SCENARIOS, IN_SAMPLE, incomes_of
from fundpool.models.optimiser.ruin.flows import drawn_blocks, scenario_balance
from fundpool.models.optimiser.ruin.rule import mean_rate
from fundpool.models.optimiser.ruin.search import ruin_shares
from fundpool.models.optimiser.stages import Outcome
from fundpool.models.projection.study import Projection
from fundpool.models.scenarios.terms import scenario_terms
from validation.part import Check, Part, checks_table, markdown_table

CASE, POOLING, YEARS, LIMIT, BY = "jiangsu", "city", 30, 0.05, 2030
BILLION = 1e9
ACCEPTED = fundpool.Acceptable(poor_to_rich=BILLION)
"""No region pays more than alone; at most a billion a year runs from poorer to richer ones."""

Shares = Mapping[str, float]
"""Share of scenarios in which the worst fund is ruined, by scheme."""


@dataclass(frozen=True)
class PlanRow:
    """A plan as the table shows it.

    Attributes:
        title: what it is called.
        outcomes: its programs, with the rates and swaps to show.
        inside, outside: probabilities in sample and on fresh scenarios.
        mean_rates: by scheme, where they differ from those of the rates shown.
        sharing: its coalitions; none where they are compared without margins.
    """

    title: str
    outcomes: tuple[Outcome, ...]
    inside: Shares
    outside: Shares
    mean_rates: Mapping[str, float]
    sharing: tuple[Sharing, ...] = ()


def plan_table() -> Part:
    """Rates in force, today's plan, a safe one, a safe and acceptable one, a safe rule."""
    projection = fundpool.project(CASE, pooling=POOLING, years=YEARS)
    limit, limits = fundpool.Ruin(LIMIT, BY), fundpool.Limits
    today = fundpool.optimise(projection, ruin=None)
    safe = fundpool.optimise(projection, ruin=limit)
    accepted = fundpool.optimise(projection, ruin=limit, limits=limits(acceptable=ACCEPTED))
    rule = fundpool.optimise(projection, ruin=limit, limits=limits(rule="adjusting"))
    unchanged = tuple(_in_force(outcome, today) for outcome in today.outcomes)
    rows = (
        PlanRow("rates in force", unchanged, *_measured(projection, unchanged), {}),
        PlanRow("on the one path", today.outcomes, *_measured(projection, today.outcomes), {}),
        _row("safe", safe),
        _row("safe and acceptable", accepted),
        _row("safe, adjusting rule", rule),
    )
    incomes = incomes_of(projection, [fund.paths.scheme for fund, _, _ in today.schemes])
    span = int((projection.years <= BY).sum())
    text = [
        f"Jiangsu by {POOLING}, {YEARS} years. The plan on the one path keeps the reserve floor of "
        f"the case; safe plans keep each fund's probability of a balance below zero up to {BY} at "
        f"{LIMIT:.0%}, on {IN_SAMPLE:,} scenarios planned on and {FRESH_SCENARIOS:,} fresh ones; "
        "acceptable is one in which no region pays more than alone and at most "
        f"{ACCEPTED.poor_to_rich / BILLION:g} billion a year of each scheme runs from poorer to "
        f"richer ones. Means and money a year are up to {BY}; money is in billions, premium and "
        "subsidy in CNY a member and year. Unevenness is the mean range of rates over that in "
        "force. A region is worse off if it pays more than alone within the plan's own limits; a "
        f"coalition that would leave saves the present value of {YEARS} years in brackets; margins "
        "against ruin count in the three safe plans."
    ]
    for scheme, income in incomes.items():
        table = pd.DataFrame([_cells(row, scheme, income, span) for row in rows])
        text += [f"**{scheme}**", markdown_table(table)]
    if rule.rule is not None:
        text.append(str(rule.rule.sentence))
    if accepted.elastic:
        why = obstacle(accepted, projection.case.currency)
        text.append(" ".join([*why.sentences, *why.remedies]))
    checks = _checks(safe, accepted, rows)
    return Part("\n\n".join([*text, checks_table(checks)]), checks)


def _in_force(outcome: Outcome, plan: Plan) -> Outcome:
    """The rates in force in place of those of a program, without swaps."""
    funds = outcome.model.funds
    decisions = tuple(
        Decision(fund.rate_in_force, np.zeros_like(fund.paths.outgo),
                 np.zeros_like(fund.paths.outgo))
        for fund in funds
    )  # fmt: skip
    runs = tuple(recursion(*pair) for pair in zip(funds, decisions, strict=True))
    terms = terms_of(funds, outcome.model.burdens, decisions, plan.aims)
    return replace(outcome, decisions=decisions, runs=runs, terms=terms)


def _measured(projection: Projection, outcomes: tuple[Outcome, ...]) -> tuple[Shares, Shares]:
    """Probabilities of a plan that was not made to any, on the scenarios that others are."""
    names = [fund.paths.scheme for outcome in outcomes for fund in outcome.model.funds]
    span = int((projection.years <= BY).sum())
    terms, spans = scenario_terms(projection.study), dict.fromkeys(names, span)
    shares = []
    for numbers in (range(IN_SAMPLE), range(IN_SAMPLE, IN_SAMPLE + FRESH_SCENARIOS)):
        blocks = drawn_blocks(projection, names, numbers, span, 1, terms)
        ruined, _, _ = ruin_shares(outcomes, blocks, spans, scenario_balance)
        shares.append({name: float(values.max()) for name, values in ruined.items()})
    return shares[0], shares[1]


def _row(title: str, plan: Plan) -> PlanRow:
    """A plan that was made to a probability."""
    assert plan.probability is not None
    shares: list[dict[str, float]] = [{}, {}]
    for fund in plan.probability.funds:
        for worst, value in zip(shares, (fund.in_sample, fund.out_of_sample), strict=True):
            worst[fund.scheme] = max(worst.get(fund.scheme, 0.0), value)
    ruled = () if plan.rule is None else plan.rule.schemes
    means = {one.scheme: one.adjusting.mean_rate for one in ruled}
    coalitions = () if plan.acceptability is None else plan.acceptability.sharing
    return PlanRow(title, plan.outcomes, shares[0], shares[1], means, coalitions)


def _cells(row: PlanRow, scheme: str, income: FloatArray, span: int) -> dict[str, str]:
    """One line of a scheme's table."""
    outcome, fund, decision = next(
        (outcome, fund, decision)
        for outcome in row.outcomes
        for fund, decision in zip(outcome.model.funds, outcome.decisions, strict=True)
        if fund.paths.scheme == scheme
    )
    contributions = (decision.rates[:, fund.group] * fund.base)[:span].sum()
    persons = fund.paths.persons[:span].sum()
    subsidies = fund.mean(fund.paths.subsidies)[:span].sum()
    measured = [one for one in row.sharing if one.scheme == scheme]
    sharing = measured or [sharing_of(fund, decision, players_of(fund, None), None)]
    leaving, alone = sharing[0].blocking, reference_rates(fund, "alone")
    mean = row.mean_rates.get(scheme, mean_rate(fund, decision.rates[None, :span]))
    return {
        "plan": row.title,
        "mean rate": f"{100 * mean:.2f} %",
        "premium": f"{ratio(contributions, persons):,.0f}",
        "subsidy": f"{ratio(subsidies, persons):,.0f}",
        "swaps a year": f"{fund.mean(decision.levies)[:span].sum() / span / BILLION:.2f}",
        "unevenness": f"{outcome.terms['unevenness']:.3f}",
        "ruin in sample": f"{100 * row.inside[scheme]:.2f} %",
        "ruin on fresh": f"{100 * row.outside[scheme]:.2f} %",
        "worse off": f"{len(worse_off(fund, decision, alone))} of {fund.pools}",
        "poor to rich a year": f"{poor_to_rich(fund, decision, income) / BILLION:.2f}",
        "would leave": "nobody" if leaving is None else
        f"{', '.join(leaving.names)} ({leaving.excess / BILLION:,.1f})",
    }  # fmt: skip


def _checks(safe: Plan, accepted: Plan, rows: tuple[PlanRow, ...]) -> tuple[Check, ...]:
    """What must hold of these plans."""
    error = (LIMIT * (1.0 - LIMIT) / FRESH_SCENARIOS) ** 0.5
    worst = max(rows[2].outside.values())
    before = max(rows[1].outside.values())
    gaps = [plan.certificate.relative_gap for plan in (safe, accepted)]
    assert accepted.acceptability is not None
    regions = accepted.acceptability
    moved = regions.poor_to_rich / BILLION
    return (
        Check("the safe plan keeps its limit on fresh scenarios, to two standard errors",
              f"{100 * worst:.2f} %", worst <= LIMIT + 2.0 * error, "counted"),
        Check("the plan on the one path is less safe", f"{100 * before:.2f} %", before > worst,
              "counted"),
        Check("no region pays more than alone in the acceptable plan",
              f"{len(regions.worse_off)} regions", not regions.worse_off, "recomputed"),
        Check("no more runs from poorer to richer regions than the amount of both schemes",
              f"{moved:.2f} billion a year", moved <= 2.0, "recomputed"),
        Check("both plans are certified to their gap", f"{max(gaps):.0e}",
              max(gaps) <= 1e-6, "weak duality"),
    )  # fmt: skip
