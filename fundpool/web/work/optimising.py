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

if TYPE_CHECKING:
    from fundpool.models.optimiser.limits import Aims, Policy
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


def optimum(projection: "Projection", scheme: str, asked: Optimised, tell: Tell) -> Optimum:
    """Rates and swaps of one scheme.

    Raises:
        ValueError: the plan's pools change on the way, or no plan fits.
    """
    from fundpool.models.optimiser.explain.prices import obstacle, shadow_prices
    from fundpool.models.optimiser.frontier import plan_under_ceilings
    from fundpool.models.optimiser.plan import UNKNOWN_ON_ONE_PATH
    from fundpool.models.optimiser.planning import Choices, optimise
    from fundpool.models.optimiser.problem.fund import fund_problem
    from fundpool.models.projection.central import central_paths

    policy, aims = rules_of(projection, asked)
    if asked.burden_ceiling is not None and asked.swap_ceiling is not None:
        tell(0.1, Message("solving under the ceilings"))
        fund = fund_problem(central_paths(projection, scheme), policy, projection.case.regions)
        chosen, row = plan_under_ceilings(fund, aims, asked.burden_ceiling, asked.swap_ceiling)
        certified = row["largest_violation"] <= 1e-6 and row["relative_gap"] <= 1e-6
        said: dict[str, Any] = {
            "status": "certified" if certified else "not certified",
            "certificate": {"relative_gap": row["relative_gap"],
                            "largest_violation": row["largest_violation"]},
            "obstacle": [], "shadow_prices": [], "safety": UNKNOWN_ON_ONE_PATH,
        }  # fmt: skip
    else:
        tell(0.1, Message("building and solving"))
        plan = optimise(projection, choices=Choices(policy, aims, (scheme,), threads=1))
        fund, chosen, _ = plan.schemes[0]
        said = {"status": plan.status, "certificate": plan.certificate.record(),
                "obstacle": [], "shadow_prices": [], "safety": plan.safety}  # fmt: skip
        if plan.status in ("certified", "shortfall"):
            tell(0.8, Message("putting it in words"))
            if plan.elastic:
                why = obstacle(plan, projection.case.currency)
                said["obstacle"] = [*why.remedies, *why.sentences[:MOST_SENTENCES]]
            prices = shadow_prices(plan)
            felt = prices["points_of_pool"].abs() >= LEAST_PRICE
            said["shadow_prices"] = list(prices["sentence"][felt][:MOST_SENTENCES])
    said |= _in_chinese(projection, said)
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
    from fundpool.models.optimiser.frontier import frontier
    from fundpool.models.optimiser.planning import Choices

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


__all__ = ["CancelledError", "FailedError", "Optimum", "frontier_points", "in_child", "optimum"]
