"""Dask: a real cluster of this machine, one of whose workers is killed on the way."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest

from fundpool.inputs.case import read_case
from fundpool.models.projection.study import study
from fundpool.models.scenarios.engines import Engine, EngineError
from fundpool.models.scenarios.run import run_scenarios
from fundpool.models.scenarios.terms import scenario_terms
from tests.cases.stochastic import stochastic_case

distributed = pytest.importorskip("distributed")
psutil = pytest.importorskip("psutil")

pytestmark = [
    # the cluster's own servers close after the test; the library warns of what is still open
    pytest.mark.filterwarnings("ignore"),
]


def test_a_killed_worker_changes_no_bit(tmp_path: Path) -> None:
    done = study(read_case(stochastic_case().write(tmp_path / "case")), years=8)
    terms = scenario_terms(done)
    plans = ["county", "county+province:0.05:0.3"]
    local = run_scenarios(done, plans, 600, 5, Engine("local"), terms, block=10)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address=None, silence_logs="CRITICAL",
    ) as cluster:  # fmt: skip
        victim = next(iter(cluster.workers.values())).pid
        killed = threading.Event()

        def kill(done_so_far: int) -> None:
            if done_so_far >= 100 and not killed.is_set():
                psutil.Process(victim).kill()
                killed.set()

        away = run_scenarios(
            done, plans, 600, 5, Engine("dask", cluster.scheduler_address, workers=2), terms,
            block=10, progress=kill,
        )  # fmt: skip
        assert killed.is_set()
        pids = [worker.pid for worker in cluster.workers.values()]
        for _ in range(100):
            if victim not in pids:
                break
            time.sleep(0.1)
            pids = [worker.pid for worker in cluster.workers.values()]
        assert victim not in pids, "the worker should have been replaced"
    for key, outcome in local.outcomes.items():
        for name in ("need", "one_year", "horizon", "ruin"):
            assert np.array_equal(getattr(outcome, name), getattr(away.outcomes[key], name))
        assert np.array_equal(outcome.fan.counts, away.outcomes[key].fan.counts)


def test_an_embedded_cluster_needs_no_address(tmp_path: Path) -> None:
    done = study(read_case(stochastic_case().write(tmp_path / "case")), years=3)
    terms = scenario_terms(done)
    local = run_scenarios(done, ["city"], 40, 5, Engine("local"), terms, block=10)
    away = run_scenarios(done, ["city"], 40, 5, Engine("dask", workers=2), terms, block=10)
    for key, outcome in local.outcomes.items():
        assert np.array_equal(outcome.need, away.outcomes[key].need)


def test_a_scheduler_that_does_not_answer_is_reported(tmp_path: Path, monkeypatch) -> None:
    done = study(read_case(stochastic_case().write(tmp_path / "case")), years=2)
    terms = scenario_terms(done)
    monkeypatch.setattr("fundpool.models.scenarios.engines.PATIENCE", "1s")
    with pytest.raises(EngineError, match=r"127\.0\.0\.1:9"):
        run_scenarios(done, ["city"], 4, 5, Engine("dask", "tcp://127.0.0.1:9"), terms)
