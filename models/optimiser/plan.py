"""A plan: rates and swaps with their certificate, as tables."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from fundpool.actuarial.arrays import ratio
from fundpool.inputs.format.messages import Message
from fundpool.models.axes.arrays import FloatArray
from fundpool.models.optimiser.acceptance.measures import Acceptability
from fundpool.models.optimiser.certificate import Certificate, Decision, Recursion
from fundpool.models.optimiser.limits import Aims, Policy
from fundpool.models.optimiser.problem.fund import FundProblem
from fundpool.models.optimiser.ruin.adjusting import AdjustingPlan
from fundpool.models.optimiser.ruin.limit import Probability
from fundpool.models.optimiser.stages import Outcome, solved_funds
from fundpool.models.optimiser.statement.mergers import one_balance
from fundpool.models.optimiser.tail.rounds import Round
from fundpool.models.optimiser.transfers import settle

UNKNOWN_ON_ONE_PATH = Message(
    "Made on the one path: how likely a balance below zero is was not computed, so that nothing "
    "says the plan is safe."
)
UNKNOWN_ON_SCENARIOS = Message(
    "Made on scenarios, but without a limit on the probability of a balance below zero, so that "
    "nothing says the plan is safe."
)


@dataclass(frozen=True)
class Trial:
    """A plan's rates tried on scenarios, with swaps by rule (:mod:`.swap_rule`).

    Attributes:
        scenarios: how many.
        below_floor: share of scenarios, years and pools under the floor.
        ruined: share of scenarios, schemes and pools with a negative balance in some year.
        tail_shortfall: mean over the worst ``tail`` of scenarios of the money missing to the
            floor (each pool's largest in any year), over a year's outgo of the scheme.
    """

    scenarios: int
    below_floor: float
    ruined: float
    tail_shortfall: float

    def record(self) -> dict[str, float]:
        """As plain data."""
        return {
            "scenarios": self.scenarios, "below_floor": self.below_floor, "ruined": self.ruined,
            "tail_shortfall": self.tail_shortfall,
        }  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """Rates and swaps of all schemes.

    Attributes:
        policy, aims: what the plan respects and minimises.
        outcomes: solved programs; one a scheme, or one of all.
        in_sample, out_of_sample: the rates tried on the scenarios they were made for and on
            fresh ones; None for a plan on one path.
        reduced_to: fewest scenarios that any program plans on; 0 without a sample.
        rounds: of each program that plans on all scenarios by those in some tail.
        probability: of a balance below zero, where it was limited.
        acceptability: what regions make of a plan with such a limit, or with limits that they are
            to accept it by.
        rule: that rates follow, where one was asked for; the rates are then those it starts from.
        beyond: limits with the margins that a safe plan would need, where no plan keeps them.
    """

    policy: Policy
    aims: Aims
    outcomes: tuple[Outcome, ...]
    in_sample: Trial | None = None
    out_of_sample: Trial | None = None
    reduced_to: int = 0
    rounds: tuple[tuple[Round, ...], ...] = ()
    probability: Probability | None = None
    acceptability: Acceptability | None = None
    rule: AdjustingPlan | None = None
    beyond: Policy | None = None

    def __repr__(self) -> str:
        """What it is, in a line."""
        schemes = ", ".join(fund.paths.scheme for fund, _, _ in self.schemes)
        word = "certified" if self.certificate.certified else "not certified"
        return f"<Plan of {schemes}: {self.status}, {word}>"

    @property
    def status(self) -> str:
        """What the plan is.

        ``certified``; ``shortfall`` (certified, but some floor cannot be kept); ``unsafe``
        (certified, but the probability of ruin is above its limit); else why not.
        """
        states = [outcome.status for outcome in self.outcomes]
        if any(state != "optimal" for state in states):
            return next(state for state in states if state != "optimal")
        if not self.certificate.certified:
            return "not certified"
        if self.elastic:
            return "shortfall"
        unsafe = self.probability is not None and not self.probability.safe
        return "unsafe" if unsafe else "certified"

    @property
    def safety(self) -> Message:
        """What is known of the probability of a balance below zero, in a sentence."""
        if self.probability is not None:
            return self.probability.sentence
        return UNKNOWN_ON_SCENARIOS if self.in_sample is not None else UNKNOWN_ON_ONE_PATH

    @property
    def elastic(self) -> bool:
        """Whether some floor could not be kept."""
        return any(outcome.model.elastic for outcome in self.outcomes)

    @property
    def certificate(self) -> Certificate:
        """The certificates of all programs together."""
        certificates = [outcome.certificate for outcome in self.outcomes]
        names = {name for part in certificates for name in part.violations}
        gaps = tuple(gap for part in certificates for gap in (part.relative_gap, *part.stages))
        return Certificate(
            violations={
                name: max(part.violations.get(name, 0.0) for part in certificates)
                for name in sorted(names)
            },
            shortfall=sum(part.shortfall for part in certificates),
            objective=sum(part.objective for part in certificates),
            reported=sum(part.reported for part in certificates),
            bound=sum(part.bound for part in certificates),
            stages=gaps,
            stated_gap=max(part.stated_gap for part in certificates),
            shortfall_share=sum(part.shortfall_share for part in certificates),
            reported_share=sum(part.reported_share for part in certificates),
        )

    @property
    def terms(self) -> dict[str, float]:
        """Every aim, summed over programs."""
        return {
            aim: sum(outcome.terms[aim] for outcome in self.outcomes)
            for aim in self.outcomes[0].terms
        }

    @property
    def schemes(self) -> tuple[tuple[FundProblem, Decision, Recursion], ...]:
        """Problem, decision and balances of every scheme."""
        return solved_funds(self.outcomes)

    @cached_property
    def rates(self) -> pd.DataFrame:
        """Rate of the pooled fund by scheme, pool and year, before and after.

        Columns: scheme, pool, name, group, year, rate_in_force, rate, contribution_base.
        """
        frames = []
        for fund, decision, _ in self.schemes:
            paths = fund.paths
            before = ratio(fund.mean(paths.income), fund.base)
            frame = _by_pool_year(fund)
            frame.insert(
                3, "group", np.repeat([fund.group_names[g] for g in fund.group], fund.years)
            )
            frame["rate_in_force"] = before.T.ravel()
            frame["rate"] = decision.rates[:, fund.group].T.ravel()
            frame["contribution_base"] = fund.base.T.ravel()
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def swaps(self) -> pd.DataFrame:
        """Money to and from the hub by scheme, pool and year; means over scenarios.

        Columns: scheme, pool, name, year, paid, received, net, share_of_income (of the net).
        """
        frames = []
        for fund, decision, _ in self.schemes:
            frame = _by_pool_year(fund)
            paid, received = fund.mean(decision.levies), fund.mean(decision.grants)
            income = decision.rates[:, fund.group] * fund.base
            frame["paid"], frame["received"] = paid.T.ravel(), received.T.ravel()
            frame["net"] = frame["received"] - frame["paid"]
            frame["share_of_income"] = ratio(received - paid, income).T.ravel()
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def reserves(self) -> pd.DataFrame:
        """Balances before (rates in force, no swaps) and after; means over scenarios.

        Columns: scheme, pool, name, year, balance_before, balance, reserve_months_before,
        reserve_months, floor; months of a pool without outgo are NaN.
        """
        frames = []
        for fund, _, run in self.schemes:
            paths = fund.paths
            frame = _by_pool_year(fund)
            before = unchanged_balance(fund)
            for name, balance in (("_before", before), ("", run.balance)):
                months = ratio(balance - paths.outstanding, paths.outgo_next_year / 12.0, np.nan)
                frame[f"balance{name}"] = fund.mean(balance).T.ravel()
                frame[f"reserve_months{name}"] = fund.mean(months).T.ravel()
            frame["floor"] = fund.mean(fund.floor).T.ravel()
            frames.append(frame)
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def hub(self) -> pd.DataFrame:
        """Hub reserves by scheme and year, means over scenarios: scheme, hub, year, balance."""
        frames = []
        for fund, _, run in self.schemes:
            frames.append(
                pd.DataFrame(
                    {
                        "scheme": fund.paths.scheme,
                        "hub": np.repeat(np.arange(fund.hubs), fund.years),
                        "year": np.tile(fund.paths.years, fund.hubs),
                        "balance": fund.mean(run.hub).T.ravel(),
                    }
                )
            )
        return pd.concat(frames, ignore_index=True)

    @cached_property
    def transfers(self) -> pd.DataFrame:
        """Who pays whom by scheme and year; the hub's own reserve is a party, code ``hub``.

        Columns: scheme, year, payer, payer_name, receiver, receiver_name, amount, at_least (no
        settlement of the year needs fewer transfers), exact.
        """
        rows: list[dict[str, object]] = []
        for fund, decision, _ in self.schemes:
            codes = (*fund.paths.pools, "hub")
            names = (*fund.paths.names, "hub reserve")
            net = fund.mean(decision.grants - decision.levies)
            for t, year in enumerate(fund.paths.years):
                for number in range(fund.hubs):
                    parties = np.append(np.flatnonzero(fund.hub == number), fund.pools)
                    amounts = np.where(
                        np.abs(net[t, parties[:-1]]) < 1.0, 0.0, net[t, parties[:-1]]
                    )
                    settled = settle(np.append(amounts, -amounts.sum()))
                    for payer, receiver, amount in settled.transfers:
                        rows.append(
                            {
                                "scheme": fund.paths.scheme, "year": int(year),
                                "payer": codes[parties[payer]], "payer_name": names[parties[payer]],
                                "receiver": codes[parties[receiver]],
                                "receiver_name": names[parties[receiver]],
                                "amount": float(amount), "at_least": settled.at_least,
                                "exact": settled.exact,
                            }
                        )  # fmt: skip
        columns = ["scheme", "year", "payer", "payer_name", "receiver", "receiver_name", "amount",
                   "at_least", "exact"]  # fmt: skip
        return pd.DataFrame(rows, columns=columns)

    def record(self) -> dict[str, object]:
        """The part ``plan`` of summary.json.

        Examples:
            >>> import fundpool
            >>> plan = fundpool.optimise(fundpool.project("jiangsu", years=1), reserve_months=0)
            >>> plan.record()["status"] == plan.status
            True
        """
        safe = None if self.probability is None else self.probability.safe
        limited: dict[str, object] = {"safe": safe, "safety": self.safety}
        if self.probability is not None:
            limited["probability"] = self.probability.record()
        if self.acceptability is not None:
            limited["acceptability"] = self.acceptability.record()
        if self.rule is not None:
            limited["rule"] = self.rule.record()
        return limited | {
            "objective": self.certificate.objective,
            "status": self.status,
            "certificate": self.certificate.record(),
            "terms": self.terms,
            "by_scheme": {
                outcome.model.funds[0].paths.scheme if len(self.outcomes) > 1 else "all": {
                    "terms": outcome.terms, "certificate": outcome.certificate.record(),
                }
                for outcome in self.outcomes
            },
            "scenarios": {
                "in_program": self.reduced_to,
                "rounds": [[asdict(one) for one in rounds] for rounds in self.rounds],
                "in_sample": None if self.in_sample is None else self.in_sample.record(),
                "out_of_sample": (
                    None if self.out_of_sample is None else self.out_of_sample.record()
                ),
            },
        }  # fmt: skip


def unchanged_balance(fund: FundProblem) -> FloatArray:
    """Balances at the rates in force without swaps, ``(s, T, p)``."""
    paths = fund.paths
    balance = np.empty(paths.outgo.shape)
    closing = np.tile(paths.opening_balance, (fund.scenarios, 1))
    for t in range(fund.years):
        growth = 1.0 + paths.interest[:, t, None]
        closing = closing * growth + np.sqrt(growth) * (paths.income[:, t] - fund.net_outgo[:, t])
        closing = one_balance(paths, t, closing)
        balance[:, t] = closing
    return balance


def _by_pool_year(fund: FundProblem) -> pd.DataFrame:
    paths = fund.paths
    return pd.DataFrame(
        {
            "scheme": paths.scheme,
            "pool": np.repeat(paths.pools, fund.years),
            "name": np.repeat(paths.names, fund.years),
            "year": np.tile(paths.years, fund.pools),
        }
    )


def tried(
    funds: Sequence[FundProblem], decisions: Sequence[Decision], balances: Sequence[FloatArray]
) -> Trial:
    """What a plan's rates lead to on scenarios."""
    below, ruined = [], []
    tail = 0.0
    for fund, _, balance in zip(funds, decisions, balances, strict=True):
        lacking = np.maximum(fund.floor - balance, 0.0)
        below.append((lacking > 1e-6 * fund.unit).mean())
        ruined.append((balance < 0).any(axis=1).mean())
        worst = np.sort(lacking.max(axis=1).sum(axis=1))[::-1]
        count = max(1, round(fund.policy.tail * worst.size))
        tail += float(worst[:count].mean() / fund.unit[0].sum())
    return Trial(funds[0].scenarios, float(np.mean(below)), float(np.mean(ruined)), tail)
