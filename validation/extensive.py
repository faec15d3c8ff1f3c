"""Safe plans beside the extensive form of the same limit on ruin, on 20 scenarios.

The extensive form has every scenario in the program: one path of rates and swaps, the balances that
it leads to in each, and a whole number for each fund and scenario that says whether it is ruined
there. So it needs no margins, and its bound is one of every plan that keeps the limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

import fundpool
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.choices import Choices, Sample
from fundpool.models.optimiser.limits import Aims, Policy, aims_of, policy_of
from fundpool.models.optimiser.planning import optimise
from fundpool.models.optimiser.problem.fund import FundProblem, fund_problem
from fundpool.models.optimiser.program.constraints import FundColumns
from fundpool.models.optimiser.program.highs import loaded, run
from fundpool.models.optimiser.program.linear import LinearProgram
from fundpool.models.optimiser.program.model import build, set_objective
from fundpool.models.optimiser.ruin.flows import ScenarioFlows
from fundpool.models.optimiser.ruin.limit import RuinLimit
from fundpool.models.projection.central import central_paths
from fundpool.models.projection.study import Projection
from fundpool.models.scenarios.pool_paths import sampled_paths
from validation.part import Check, Part, checks_table, markdown_table

CASE, POOLING, YEARS, COUNTED = "jiangsu", "county", 30, 5
SCENARIOS, LIMIT, WITHIN = 20, 0.05, 1.02


class Extensive(NamedTuple):
    """What the extensive form gives.

    Attributes:
        status: ``optimal``, or what else HiGHS said.
        bound: no plan that keeps the limit has a smaller objective.
        columns, rows, binaries: size of the program; whole numbers that are free.
    """

    status: str
    bound: float
    columns: int
    rows: int
    binaries: int


def extensive(
    fund: FundProblem,
    flows: ScenarioFlows,
    most: float,
    aims: Aims,
    whole: bool = True,
) -> Extensive:
    """The extensive form of one scheme.

    Args:
        fund: its problem on the central path, whose floors hold there.
        flows: its scenarios, up to the last year that counts.
        most: share of scenarios in which a fund may be ruined.
        aims: what is minimised, weighted.
        whole: whether whole numbers are asked for; else any between 0 and 1, whose optimum is a
            bound of theirs.
    """
    model = build([fund], aims)
    columns = model.columns[0]
    assert isinstance(columns, FundColumns)
    balance = _balances(model.program, fund, columns, flows)
    lowest = least_balance(fund, flows) / fund.unit[: flows.base.shape[1]]
    may = (lowest < 0.0).any(axis=1)
    ruined = model.program.add_columns("ruined", may.shape, 0.0, np.where(may, 1.0, 0.0), True)
    model.program.add_rows(
        "solvent", balance.shape,
        [(balance, 1.0), (np.broadcast_to(ruined[:, None], balance.shape),
                          np.maximum(-lowest, 0.0))],
        lower=0.0,
    )  # fmt: skip
    count = np.floor(most * flows.base.shape[0] + 1e-9)
    model.program.add_rows("few", (fund.pools,), [(ruined.T, 1.0)], upper=count)
    (weights,) = aims.stages()
    set_objective(model, weights)
    arrays = model.program.arrays()
    if whole:
        result = run(loaded(arrays, mip_rel_gap=1e-9))
        bound = result.bound
    else:
        arrays = replace(arrays, integer=np.zeros_like(arrays.integer))
        result = run(loaded(arrays, solver="ipx"))
        bound = float(arrays.cost @ result.values)
    return Extensive(result.status, bound / model.scale, arrays.cost.size,
                     arrays.row_lower.size, int(may.sum()))  # fmt: skip


def _balances(
    program: LinearProgram, fund: FundProblem, columns: FundColumns, flows: ScenarioFlows
) -> np.ndarray:
    """``B[t] = B[t-1](1+i) + (x base - net outgo + grant - levy)(1+i)^0.5``, ``(s, T, p)``."""
    scenarios, years, pools = flows.base.shape
    unit = fund.unit[:years]
    growth = (1.0 + flows.interest)[:, :, None]
    half = np.sqrt(growth)
    balance = program.add_columns("scenario_balance", flows.base.shape)
    rate = np.broadcast_to(columns.rate[:years, fund.group][None], flows.base.shape)
    side = -half * flows.net_outgo / unit
    side[:, 0] += growth[:, 0] * fund.paths.opening_balance / unit[0]
    rows = program.add_rows(
        "scenario", flows.base.shape,
        [(balance, 1.0), (rate, -half * fund.reference * flows.base / unit)], side, side,
    )  # fmt: skip
    if years > 1:
        carried = np.broadcast_to(-growth[:, 1:] * unit[:-1] / unit[1:], balance[:, 1:].shape)
        program.add_terms(rows[:, 1:], [(balance[:, :-1], carried)])
    if columns.grant is not None and columns.levy is not None:
        for swap, sign in ((columns.grant, -1.0), (columns.levy, 1.0)):
            every = np.broadcast_to(swap[:, :years], (scenarios, years, pools))
            program.add_terms(rows, [(every, np.broadcast_to(sign * half, every.shape))])
    return balance


def least_balance(fund: FundProblem, flows: ScenarioFlows) -> FloatArray:
    """What no plan's balances lie below, ``(s, T, p)``: the floor of the path less what can differ.

    A plan keeps its floor on the central path. In a scenario the balance differs by what is known,
    by rates within their corridor times another base, and by swaps at another interest.
    """
    years, paths = flows.base.shape[1], fund.paths
    there = _worth(flows.interest)
    here = _worth(paths.interest[:, :years])
    known = np.einsum("sut,sup->stp", here, (paths.outgo - paths.subsidies)[:, :years])
    known = known - np.einsum("sut,sup->stp", there, flows.net_outgo)
    opened = (
        np.cumprod(1.0 + flows.interest, axis=1)
        - np.cumprod(1.0 + paths.interest, axis=1)[:, :years]
    )
    known = known + opened[:, :, None] * paths.opening_balance
    apart = (
        there[:, :, :, None] * flows.base[:, :, None]
        - here[:, :, :, None] * paths.contribution_base[:, :years, None]
    )
    lower, upper = (
        bound[:years, fund.group][None, :, None] for bound in (fund.rate_lower, fund.rate_upper)
    )
    known = known + np.minimum(apart * lower, apart * upper).sum(axis=1)
    if fund.policy.swaps:
        levy = fund.policy.levy_ceiling * upper[:, :, 0] * paths.contribution_base[:, :years]
        moved = np.maximum(levy, fund.grant_limit[:, :years])
        known = known - np.einsum("sut,sup->stp", np.abs(there - here), moved)
    return np.asarray(fund.floor[:, :years] + known)


def _worth(interest: FloatArray) -> FloatArray:
    """Worth at the end of year ``t`` of money paid in year ``u``, ``(s, u, t)``."""
    growth = 1.0 + interest
    index = np.cumprod(growth, axis=1)
    worth = index[:, None, :] / index[:, :, None] * np.sqrt(growth)[:, :, None]
    return np.asarray(np.triu(worth))


@dataclass(frozen=True)
class Beside:
    """A safe plan beside the extensive form, on the same scenarios.

    Attributes:
        scheme: name of the scheme.
        objective: of the safe plan, certified.
        ruin: largest share of scenarios in which one of its funds is ruined.
        form: the extensive form.
    """

    scheme: str
    objective: float
    ruin: float
    form: Extensive

    @property
    def ratio(self) -> float:
        """Objective over the bound."""
        return self.objective / self.form.bound


def beside(
    projection: Projection, scheme: str, scenarios: int, limit: RuinLimit
) -> Beside:  # fmt: skip
    """A scheme's safe plan made and tried on some scenarios, and their extensive form.

    Args:
        projection: projected funds.
        scheme: name of the scheme.
        scenarios: how many.
        limit: on each fund's probability.
    """
    case, years = projection.case, limit.span(projection.years)
    paths = sampled_paths(projection.study, projection.plan, scheme, scenarios, 1)
    sample = Sample({scheme: paths}, {scheme: paths})
    plan = optimise(projection, sample=sample, choices=Choices(schemes=(scheme,)), ruin=limit)
    assert plan.probability is not None
    policy: Policy = policy_of(case, 0.0)
    fund = fund_problem(central_paths(projection, scheme), policy, case.regions)
    form = extensive(fund, ScenarioFlows.of(paths, years), limit.most, aims_of(case), whole=False)
    objective = plan.certificate.objective if plan.status == "certified" else float("nan")
    return Beside(scheme, objective, plan.probability.in_sample or 0.0, form)


def extensive_form() -> Part:
    """Jiangsu's 95 county funds, scheme by scheme."""
    projection = fundpool.project(fundpool.read_case(CASE), pooling=POOLING, years=YEARS)
    limit = RuinLimit(LIMIT, int(projection.years[COUNTED - 1]))
    return as_part([beside(projection, scheme, SCENARIOS, limit)
                    for scheme in ("employee", "resident")])  # fmt: skip


def as_part(compared: Sequence[Beside]) -> Part:
    """Plans beside the extensive form as text and checks."""
    table = pd.DataFrame(
        {
            "scheme": one.scheme, "safe plan": f"{one.objective:.5f}",
            "extensive form": f"{one.form.bound:.5f}", "ratio": f"{one.ratio:.4f}",
            "ruin": f"{100 * one.ruin:.0f} %", "solved": one.form.status,
            "columns": f"{one.form.columns:,}", "rows": f"{one.form.rows:,}",
            "whole numbers": f"{one.form.binaries:,}",
        }
        for one in compared
    )  # fmt: skip
    checks = tuple(
        Check(f"{one.scheme}: the safe plan's objective is within 2 % of the extensive form",
              f"{one.ratio:.4f}", 1.0 - 1e-6 <= one.ratio <= WITHIN, "HiGHS")
        for one in compared
    )  # fmt: skip
    head = (
        f"Jiangsu by county, {YEARS} years: the safe plan made on {SCENARIOS} scenarios, in at "
        f"most {100 * LIMIT:g} % of which a fund may be ruined in the first {COUNTED} years, "
        "beside the extensive form of the same limit, in which every scenario has its balances and "
        "every fund a number for each that says whether it is ruined there. Any between 0 and 1 "
        "may stand for whole ones: that bounds the optimum of whole ones from below, so that the "
        "ratio is too high if anything."
    )
    return Part("\n\n".join([head, markdown_table(table), checks_table(checks)]), checks)
