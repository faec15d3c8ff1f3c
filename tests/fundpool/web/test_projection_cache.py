"""Projections, scenarios and jobs that a server keeps: bounded, and answered again once dropped."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fundpool.inputs.case import read_case
from fundpool.web.requests.plan import PlanRequest
from fundpool.web.serving import Limits, Serving
from fundpool.web.work.jobs import Job, Jobs
from fundpool.web.work.planning import Pending, plan_answer
from fundpool.web.work.projection_cache import MOST_CHANCES, ProjectionCache
from fundpool.web.work.recently_used import RecentlyUsed

WAIT = 60.0


def ended(job: Job) -> Job:
    """A job, waited for."""
    end = time.monotonic() + WAIT
    while not job.ended:
        assert time.monotonic() < end, job.record()
        time.sleep(0.01)
    assert job.status == "done", job.record()
    return job


@pytest.fixture
def cache(case_folder: Path, tmp_path: Path) -> Iterator[ProjectionCache]:
    serving = Serving(
        case=str(case_folder), hosts=frozenset(), folder=tmp_path, years=2, scenarios=4,
        limits=Limits(studies=3, jobs=6),
    )  # fmt: skip
    made = ProjectionCache(serving, read_case(case_folder))
    yield made
    made.jobs.close()


def asked(number: int) -> PlanRequest:
    """A request whose projection is its own."""
    return PlanRequest(mobility=0.001 * number)


def answered(cache: ProjectionCache, request: PlanRequest, fans: bool = False) -> int:
    """Ask until there is an answer, as the page does; how many jobs were waited for."""
    jobs = 0
    while True:
        found = plan_answer(cache, request)
        if isinstance(found, Pending):
            job = found.job
        elif fans and found["waiting"] is not None:
            named = cache.jobs.named(found["waiting"]["job"])
            assert named is not None
            job = named
        else:
            assert not fans or found["scenarios"]
            return jobs
        ended(job)
        jobs += 1
        assert jobs < 6, "the same request waits for ever"


def test_a_projection_that_was_dropped_is_made_again(cache: ProjectionCache) -> None:
    for number in range(1, 6):
        answered(cache, asked(number))
    assert cache.study(asked(1)) is None, "no longer kept"
    assert answered(cache, asked(1)) == 1
    assert answered(cache, asked(1)) == 0


def test_scenarios_that_were_dropped_are_drawn_again(cache: ProjectionCache) -> None:
    answered(cache, asked(1), fans=True)
    for number in range(2, MOST_CHANCES + 2):
        answered(cache, asked(number), fans=True)
    assert cache.chance(asked(1)) is None, "no longer kept"
    assert answered(cache, asked(1), fans=True) == 2, "projection and scenarios"


def test_more_jobs_than_are_kept(cache: ProjectionCache) -> None:
    for number in range(1, cache.serving.limits.jobs + 5):
        answered(cache, asked(number))
    assert answered(cache, asked(1)) == 1


def test_a_job_is_joined_while_it_runs_and_where_it_holds_its_result() -> None:
    jobs = Jobs(3)
    go = threading.Event()
    first = jobs.submit("a", "projection", lambda _job: go.wait(WAIT) and None)
    assert jobs.submit("a", "projection", lambda _job: None) is first
    go.set()
    ended(first)
    assert jobs.submit("a", "projection", lambda _job: None) is not first, "its result is elsewhere"
    held = ended(jobs.submit("b", "optimisation", lambda _job: "plan"))
    assert jobs.submit("b", "optimisation", lambda _job: "another") is held
    # the one that was asked for last outlives those that were not
    for number in range(5):
        ended(jobs.submit(str(number), "projection", lambda _job: None))
        assert jobs.submit("b", "optimisation", lambda _job: "another") is held
    jobs.close()


def test_what_was_used_longest_ago_goes_first() -> None:
    kept = RecentlyUsed[str, int](3, pinned="always")
    kept.put("always", 0)
    for number, name in enumerate("abc"):
        kept.put(name, number)
    assert (kept.get("always"), kept.get("a"), kept.get("b")) == (0, None, 1)
    kept.put("d", 3)
    assert (kept.get("b"), kept.get("c")) == (1, None), "b was asked for after c was put"
    kept.discard(lambda name: name == "d")
    assert (len(kept), kept.get("d")) == (2, None)


def test_scenarios_that_are_used_stay(cache: ProjectionCache) -> None:
    for number in range(1, MOST_CHANCES + 1):
        cache.put_chance(asked(number), {})
    assert cache.chance(asked(1)) is not None
    cache.put_chance(asked(MOST_CHANCES + 1), {})
    assert cache.chance(asked(1)) is not None, "asked for since"
    assert cache.chance(asked(2)) is None


class Yielding(int):
    """A key that lets other threads run between any two operations of a dictionary."""

    def __hash__(self) -> int:
        time.sleep(0)
        return int(self)


def test_threads_share_what_is_kept() -> None:
    kept = RecentlyUsed[Yielding, int](4)
    wrong: list[object] = []

    def work(seed: int) -> None:
        try:
            for step in range(300):
                key = Yielding(step * seed % 8)
                if kept.remembered(key, lambda key=key: int(key)) != key:  # type: ignore[misc]
                    wrong.append(key)
                kept.get(Yielding((key + 1) % 8))
                if step % 10 == 0:
                    kept.discard(lambda name: name % 5 == 0)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in (3, 5, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(kept) <= 4
