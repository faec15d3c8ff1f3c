"""The nation case: 2,989 counties on sparse pairs, in a process of its own.

Deriving and reading the case, 30 years, four pooling levels, a plan of rates and swaps with one hub
for all counties, then 1,000 scenarios: seconds by the clock and of processors (all threads), and
the most memory held. The yearly step of the population
is timed alone, on the people of the projection's end, beside the memory's triad bandwidth in the
same process.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_memory
from benchmarks.table import Row
from benchmarks.timing import Laps
from fundpool.models.population.rates import YearCount

YEARS, SCENARIOS, STEPS = 30, 1_000, 4
GIB = 2.0**30


def one_run(folder: Path) -> dict[str, float]:
    """Everything once; seconds by the clock, of processors, and memory, by step."""
    lap = Laps()
    times = lap.times
    import fundpool.models.population.moving
    from benchmarks.machine import ceilings, runs
    from benchmarks.timing import best_in_turn
    from fundpool.building.copies import copy_case
    from fundpool.inputs.case import read_case
    from fundpool.models.population.compiled.in_place import step_in_place
    from fundpool.models.projection.study import study

    last: list[Any] = []

    def watched(*asked: Any, **named: Any) -> YearCount:
        """The step as it is; what it was last asked for is kept."""
        count = step_in_place(*asked, **named)
        last[:] = [asked, {**named, "claims": count.expected_claims}]
        return count

    def step_alone() -> tuple[float, float]:
        """Least seconds of a step more, and the bytes it must move."""
        asked, named = last
        seconds = []
        for _ in range(STEPS):
            begin = time.perf_counter()
            count = step_in_place(*asked, **named)
            seconds.append(time.perf_counter() - begin)
        counted = sum(values.nbytes for values in count)
        return min(seconds), 2.0 * sum(values.nbytes for values in asked[:2]) + counted

    # the name that the module imported
    setattr(fundpool.models.population.moving, "step_in_place", watched)  # noqa: B010
    lap("import")
    copy_case("nation", folder)
    lap("derive")
    case = read_case(folder)
    lap("read")
    done = study(case, YEARS)
    lap("project")
    for level in case.levels:
        assert len(done.pooled(level).measures)
    lap("pool")
    times["pool memory"] = peak_memory()
    times["step"], moved = step_alone()
    setattr(fundpool.models.population.moving, "step_in_place", step_in_place)  # noqa: B010
    last.clear()
    lap("step alone")
    from fundpool.models.optimiser.planning import optimise

    plan = optimise(done.pooled("county"))
    assert plan.certificate.certified
    lap("plan")
    times["plan gap"], times["plan memory"] = plan.certificate.relative_gap, peak_memory()
    del plan
    from fundpool.models.scenarios.engines import Engine
    from fundpool.models.scenarios.run import run_scenarios
    from fundpool.models.scenarios.terms import scenario_terms

    terms = scenario_terms(done)
    lap("responses")
    run_scenarios(done, list(case.levels), SCENARIOS, 1, Engine(), terms)
    lap("scenarios")
    times["scenarios memory"] = peak_memory()
    del done, terms
    top = ceilings(best_in_turn(runs(), rounds=5))
    times["step share of triad"] = moved / times["step"] / top.triad_all
    return times


def measure() -> list[Row]:
    """Seconds and memory by step."""
    with tempfile.TemporaryDirectory() as folder:
        code = (
            "import json,pathlib;from benchmarks.nation import one_run;"
            f"print(json.dumps(one_run(pathlib.Path({folder!r}) / 'case')))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, encoding="utf-8"
        )
    t = json.loads(done.stdout.splitlines()[-1])
    return [
        Row("nation: derive the tables", t["derive"], "s"),
        Row("nation: read and check", t["read"], "s"),
        Row("nation: 30 years", t["project"], "s", 60.0, "at most"),
        Row("nation: 30 years, processor time", t["project, processors"], "s"),
        Row("nation: a year of the population", t["step"], "s"),
        Row("nation: the same, share of triad bandwidth", t["step share of triad"], "", 0.45),
        Row("nation: four pooling levels and measures", t["pool"], "s"),
        Row("nation: most memory after the projection", t["pool memory"] / GIB, "GiB", 6.0,
            "at most"),
        Row("nation: plan with one hub, both schemes", t["plan"], "s", 180.0, "at most"),
        Row("nation: the same, processor time", t["plan, processors"], "s"),
        Row("nation: the same, certified gap", t["plan gap"], "", 1e-4, "at most"),
        Row("nation: most memory after the plan", t["plan memory"] / GIB, "GiB"),
        Row("nation: responses to moving and enrolment", t["responses"], "s"),
        Row("nation: 1,000 scenarios under four plans", t["scenarios"], "s", 60.0, "at most"),
        Row("nation: 1,000 scenarios, processor time", t["scenarios, processors"], "s"),
        Row("nation: most memory in all", t["scenarios memory"] / GIB, "GiB"),
    ]  # fmt: skip
