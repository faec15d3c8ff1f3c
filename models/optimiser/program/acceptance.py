"""Rows for what regions are to accept: what they pay, and what runs from poorer to richer."""

import numpy as np

from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.program.constraints import FundColumns
from fundpool.models.optimiser.program.linear import LinearProgram


def acceptance(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """Rows of every limit of the policy that concerns the scheme."""
    paid_limits(program, fund, columns)
    coalition_limits(program, fund, columns)
    income_line(program, fund, columns)


def paid_limits(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """``sum over years of d[t] base[t,p] rho x[t,q(p)] <= (1 + worse_off_by) money[p]``.

    Divided by the present value of the base in these years at the reference rate.
    """
    policy = fund.policy
    if not np.isfinite(policy.worse_off_by):
        return
    for number, limit in enumerate(policy.paid_limits):
        if limit.scheme != fund.paths.scheme:
            continue
        years = slice(limit.first, limit.last + 1)
        present = (fund.discount[:, None] * fund.base)[years]
        size = paid_unit(fund, limit.first, limit.last)
        program.add_rows(
            f"{fund.paths.scheme}_paid{number}", (fund.pools,),
            [(columns.rate[years][:, fund.group].T, (fund.reference * present / size).T)],
            upper=(1.0 + policy.worse_off_by) * np.array(limit.money) / size,
        )  # fmt: skip


def coalition_limits(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """``sum over years, p in S of d[t] base[t,p] rho x[t,q(p)] <= (1 + worse_off_by) money``.

    Divided by the present value of the coalition's base at the reference rate.
    """
    policy = fund.policy
    if not np.isfinite(policy.coalitions_worse_off_by):
        return
    present = fund.discount[:, None] * fund.base
    for number, limit in enumerate(policy.coalition_limits):
        if limit.scheme != fund.paths.scheme:
            continue
        size = coalition_unit(fund, limit.member)
        # groups that share a rate have one column
        weight = fund.reference * fund.by_group(np.where(limit.member, present, 0.0)) / size
        program.add_rows(
            f"{fund.paths.scheme}_coalition{number}", (), [(columns.rate.ravel(), weight.ravel())],
            upper=(1.0 + policy.coalitions_worse_off_by) * limit.money / size,
        )  # fmt: skip


def coalition_unit(fund: FundProblem, member: tuple[bool, ...]) -> float:
    """Present value of a coalition's contributions at the reference rate, 1 for none."""
    present = (fund.discount[:, None] * fund.base)[:, np.array(member)].sum()
    return float(fund.reference * present) if present > 0.0 else 1.0


def paid_unit(fund: FundProblem, first: int, last: int) -> FloatArray:
    """Present value of contributions of some years at the reference rate, 1 for none, ``(p,)``."""
    present = (fund.discount[:, None] * fund.base)[first : last + 1].sum(axis=0)
    return np.asarray(np.where(present > 0.0, fund.reference * present, 1.0))


def income_line(program: LinearProgram, fund: FundProblem, columns: FundColumns) -> None:
    """``levies of poorer + grants of richer, mean over years and scenarios <= poor_to_rich``.

    Divided by a year's outgo of the scheme.
    """
    most = fund.policy.poor_to_rich
    if columns.levy is None or columns.grant is None or not np.isfinite(most):
        return
    for number, line in enumerate(fund.policy.income_lines):
        if line.scheme != fund.paths.scheme:
            continue
        poorer = np.array(line.poorer)
        each = fund.weight[:, None, None] * fund.unit / fund.unit.sum()
        terms = [(columns.levy[:, :, poorer].ravel(), each[:, :, poorer].ravel()),
                 (columns.grant[:, :, ~poorer].ravel(), each[:, :, ~poorer].ravel())]  # fmt: skip
        program.add_rows(
            f"{fund.paths.scheme}_line{number}", (), terms,
            upper=most * fund.years / fund.unit.sum(),
        )  # fmt: skip
