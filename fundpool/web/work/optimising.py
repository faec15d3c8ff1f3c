"""Optimising from the page: in a process of its own, which ends when it is cancelled."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import numpy as np

from fundpool.inputs.format.messages import Message
from fundpool.models.funds.recursion import RatePlan
from fundpool.web.requests.plan import Optimised
from fundpool.web.work.jobs import CancelledError, Job, sentence
from fundpool.web.work.projection_cache import can_draw

if TYPE_CHECKING:
    from fundpool.models.optimiser.certificate import Decision
    from fundpool.models.optimiser.limits import Aims, Policy
    from fundpool.models.optimiser.plan import Plan
    from fundpool.models.optimiser.problem.fund import FundProblem
    from fundpool.models.projection.study import Projection

PAUSE = 0.2
MOST_SENTENCES = 12
LEAST_PRICE = 0.001
"""Points of a pool's rate below which a shadow price is not stated."""
Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class Optimum:
    """What was decided, and what is to be said about it."""

    rate_plan: RatePlan
    record: dict[str, Any]


class FailedError(ValueError):
    """The work ended without an answer."""


def in_child(work: Callable[..., Any], arguments: tuple[Any, ...], job: Job) -> Any:
    """What ``work(*arguments, tell)`` returns, run apart; a cancelled job ends it.

    Raises:
        CancelledError: the job was cancelled.
        FailedError: the work could not be done; the words say why.
    """
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(there, work, arguments), daemon=True)
    begun = time.monotonic()
    done, words = 0.0, Message("starting")
    process.start()
    there.close()
    try:
        while True:
            seconds = f"{time.monotonic() - begun:.0f}"
            job.step(done, Message("%(words)s, %(seconds)s s", words=words, seconds=seconds))
            if not here.poll(PAUSE):
                continue
            kind, *rest = here.recv()
            if kind == "step":
                done, words = rest
            elif kind == "done":
                return rest[0]
            else:
                raise FailedError(rest[0])
    except EOFError:
        raise FailedError(Message("the optimiser ended unexpectedly")) from None
    finally:
        here.close()
        process.kill()
        process.join()


def _run(pipe: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        made = work(*arguments, lambda done, words: pipe.send(("step", done, words)))
        pipe.send(("done", made))
    except ValueError as error:
        pipe.send(("failed", sentence(error)))
    except Exception as error:  # shown on the page as a sentence; the trace goes to the messages
        kind = type(error).__name__
        pipe.send(("failed", Message("the optimiser failed (%(kind)s)", kind=kind)))
        raise


def rules_of(projection: "Projection", asked: Optimised) -> "tuple[Policy, Aims]":
    """The case's own limits and aims, with what the page asks for."""
    from fundpool.models.optimiser.limits import aims_of, policy_of

    policy = replace(policy_of(projection.case, asked.months), swaps=asked.swaps)
    aims = aims_of(projection.case)
    return policy, aims if asked.unevenness is None else replace(aims, unevenness=asked.unevenness)


def optima(
    projection: "Projection", scheme: str, asked: Optimised, tell: Tell, scenarios: int = 0
) -> dict[str, Optimum]:
    """Rates and swaps by scheme: of all schemes where they are made safe, else of the one asked.

    Where the case has scenarios and the one path is not asked for, each fund's probability of a
    balance below zero is limited as ``fundpool optimise`` limits it by default, and tried on as
    many fresh scenarios, so that the plan is that of the command.

    Args:
        projection: projected funds.
        scheme: that is shown.
        asked: limits and aims.
        tell: called with the share that is done and words.
        scenarios: fresh ones; 0 for as many as the command's.

    Raises:
        CaseError, ValueError: the plan's pools change on the way, scenarios cannot follow the
            case, or no plan fits.
    """
    from fundpool.models.optimiser.choices import Choices
    from fundpool.models.optimiser.planning import lasting_schemes, optimise
    from fundpool.usual_ruin import usual_limit

    if asked.burden_ceiling is not None and asked.swap_ceiling is not None:
        tell(0.1, Message("solving under the ceilings"))
        return {scheme: _on_the_frontier(projection, scheme, asked)}
    policy, aims = rules_of(projection, asked)
    limit = None
    names: tuple[str, ...] = (scheme,)
    if not asked.one_path and can_draw(projection.case):
        limit = usual_limit(projection.case, len(projection.years))
        names = lasting_schemes(projection)
        tell(0.1, Message("planning on scenarios, and trying the plan on fresh ones"))
    else:
        tell(0.1, Message("building and solving"))
    fresh = 0 if limit is None else scenarios
    choices = Choices(policy, aims, names, threads=1)
    plan = optimise(projection, scenarios=fresh, choices=choices, ruin=limit)
    tell(0.8, Message("putting it in words"))
    return _in_words(projection, plan)


def _on_the_frontier(projection: "Projection", scheme: str, asked: Optimised) -> Optimum:
    """The most even plan of a scheme under two ceilings."""
    from fundpool.models.optimiser.frontier import plan_under_ceilings
    from fundpool.models.optimiser.plan import UNKNOWN_ON_ONE_PATH
    from fundpool.models.optimiser.problem.fund import fund_problem
    from fundpool.models.projection.central import central_paths

    assert asked.burden_ceiling is not None
    assert asked.swap_ceiling is not None
    policy, aims = rules_of(projection, asked)
    fund = fund_problem(central_paths(projection, scheme), policy, projection.case.regions)
    chosen, row = plan_under_ceilings(fund, aims, asked.burden_ceiling, asked.swap_ceiling)
    certified = row["largest_violation"] <= 1e-6 and row["relative_gap"] <= 1e-6
    said: dict[str, Any] = {
        "status": "certified" if certified else "not certified",
        "certificate": {"relative_gap": row["relative_gap"],
                        "largest_violation": row["largest_violation"]},
        "obstacle": [], "shadow_prices": [], "safety": UNKNOWN_ON_ONE_PATH, "probability": None,
    }  # fmt: skip
    return _decided(projection, fund, chosen, said)


def _in_words(projection: "Projection", plan: "Plan") -> dict[str, Optimum]:
    """Every scheme of a plan, with sentences on it."""
    from fundpool.models.optimiser.explain.prices import obstacle, shadow_prices

    said: dict[str, Any] = {"status": plan.status, "certificate": plan.certificate.record(),
                            "obstacle": [], "safety": plan.safety}  # fmt: skip
    prices = None
    if plan.status in ("certified", "shortfall", "unsafe"):
        why = obstacle(plan, projection.case.currency)
        said["obstacle"] = [*why.remedies, *why.sentences[:MOST_SENTENCES]]
        prices = shadow_prices(plan)
    made = {}
    for fund, chosen, _ in plan.schemes:
        scheme = fund.paths.scheme
        sentences: list[Message] = []
        if prices is not None:
            felt = prices[prices["scheme"] == scheme]
            felt = felt[felt["points_of_pool"].abs() >= LEAST_PRICE]
            sentences = list(felt["sentence"][:MOST_SENTENCES])
        of_scheme = {"shadow_prices": sentences, "probability": _probability(plan, scheme)}
        made[scheme] = _decided(projection, fund, chosen, said | of_scheme)
    return made


def _probability(plan: "Plan", scheme: str) -> dict[str, Any] | None:
    """Probability of a balance below zero of a scheme's worst fund; None where not limited."""
    limited = plan.probability
    funds = [] if limited is None else [one for one in limited.funds if one.scheme == scheme]
    if limited is None or not funds:
        return None
    return {
        "limit": limited.limit.most, "by": limited.limit.by, "safe": limited.safe,
        "in_sample": max(one.in_sample for one in funds),
        "out_of_sample": max(one.out_of_sample for one in funds),
        "scenarios_in_sample": limited.scenarios_in_sample, "scenarios": limited.scenarios,
        "standard_error": limited.standard_error,
    }  # fmt: skip


def _decided(
    projection: "Projection", fund: "FundProblem", chosen: "Decision", said: dict[str, Any]
) -> Optimum:
    """A scheme's rates and swaps with what is said about them, in both languages."""
    said = said | _in_chinese(projection, said)
    rates = chosen.rates[:, fund.group]
    paid, received = fund.mean(chosen.levies), fund.mean(chosen.grants)
    present = fund.base * fund.discount[:, None]
    before = fund.mean(fund.paths.income)
    said |= {
        "mean_before": float((before * fund.discount[:, None]).sum() / present.sum()),
        "mean_after": float((rates * present).sum() / present.sum()),
        "least": float(rates.min()),
        "most": float(rates.max()),
        "swaps_a_year": float(received.sum(axis=1).mean()),
    }
    return Optimum(RatePlan(np.asarray(rates), np.asarray(paid), np.asarray(received)), said)


def _in_chinese(projection: "Projection", said: dict[str, Any]) -> dict[str, Any]:
    """The sentences of a record for a reader of Chinese, under ``obstacle_local`` and the like."""
    from fundpool.languages import language as language_of
    from fundpool.languages.wording import local_names, worded

    chinese = language_of("zh")
    names = local_names(projection.case.tables["regions"], chinese)
    return {
        f"{part}_local": [worded(sentence, chinese, names) for sentence in said[part]]
        for part in ("obstacle", "shadow_prices")
    } | {"safety_local": worded(said["safety"], chinese, names)}


def frontier_points(
    projection: "Projection", scheme: str, asked: Optimised, points: int, tell: Tell
) -> list[dict[str, float]]:
    """Efficient plans of one scheme, one record each.

    Raises:
        ValueError: no plan keeps every floor, or the pools change on the way.
    """
    from fundpool.models.optimiser.choices import Choices
    from fundpool.models.optimiser.frontier import frontier

    policy, aims = rules_of(projection, asked)
    (traced,) = frontier(
        projection, points, None,
        lambda done, of: tell(
            done / of, Message("point %(done)s of %(points)s", done=done, points=of)
        ),
        Choices(policy, aims, (scheme,)),
    )  # fmt: skip
    return [
        {str(name): float(value) for name, value in row.items()}
        for row in traced.points.to_dict("records")
    ]


__all__ = ["CancelledError", "FailedError", "Optimum", "frontier_points", "in_child", "optima"]
