"""The projection of the province over 30 years, in processes of its own: seconds and memory.

Every pair of home and residence, all statuses and cells, with claims, settlement, funds at three
pooling levels. Compiled code is taken from its cache; what compiling costs the first time
is a row of its own.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.environment import without_cache
from benchmarks.memory import peak_memory
from benchmarks.table import Row
from benchmarks.timing import Laps

YEARS = 30
GIB = 2.0**30


def one_projection() -> dict[str, float]:
    """Import, read, project and pool once, timed, with the largest memory held by then; then lay
    out what scenarios need of the projection."""
    lap = Laps()
    import fundpool
    from fundpool.models.projection.study import study

    lap("import")
    case = fundpool.read_case("jiangsu")
    lap("read")
    done = study(case, YEARS)
    lap("project")
    for level in case.levels:
        assert len(done.pooled(level).measures)
    lap("pool")
    memory = peak_memory()
    from fundpool.models.scenarios.terms import scenario_terms

    lap("import of scenarios")
    scenario_terms(done)
    lap("terms")
    return {**lap.times, "memory": memory}


def in_new_process(environment: dict[str, str] | None = None) -> dict[str, Any]:
    """:func:`one_projection` in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.projection"],
        capture_output=True, encoding="utf-8", check=True, env=environment,
        cwd=Path(__file__).parent.parent,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def measure() -> list[Row]:
    """The best of three processes, and the first on a machine that has compiled nothing yet."""
    in_new_process()
    runs = [in_new_process() for _ in range(3)]
    best = {name: min(run[name] for run in runs) for name in runs[0]}
    with tempfile.TemporaryDirectory() as folder:
        first = in_new_process(without_cache(folder))
    total = best["project"] + best["pool"]
    return [
        Row("projection: import", best["import"], "s"),
        Row("projection: read and check the case", best["read"], "s"),
        Row(f"projection: {YEARS} years", best["project"], "s", 5.0, "at most"),
        Row(
            f"projection: {YEARS} years, processor time of all threads",
            best["project, processors"],
            "s",
            5.0,
            "at most",
        ),
        Row("projection: funds and measures at three levels", best["pool"], "s"),
        Row("projection: the whole", best["import"] + best["read"] + total, "s"),
        Row("projection: peak memory", best["memory"] / GIB, "GiB", 2.0, "at most"),
        Row("projection: the first time, compiling", first["project"], "s"),
        Row(
            "scenarios of it: both responses and all other terms over the projection, processor"
            " time",
            best["terms, processors"] / best["project, processors"],
            "times",
            2.0,
            "at most",
        ),
    ]


def main(words: list[str] | None = None) -> None:
    """Measure one projection in this process; print seconds and bytes as JSON."""
    parser = argparse.ArgumentParser("python -m benchmarks.projection", description=main.__doc__)
    parser.parse_args(words)
    print(json.dumps(one_projection()))


if __name__ == "__main__":
    main()
