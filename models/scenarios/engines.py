"""Where independent tasks run: threads of this process, other processes, a Dask cluster.

A task is a pure function of what all tasks share and of its own number, and results come back in
order of the tasks, so that the engine and the number of workers change the time and nothing else.
A worker that dies in the middle costs its task a second try.
"""

import os
import pickle  # nosec B403
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from dataclasses import dataclass
from importlib.util import find_spec
from multiprocessing import get_context
from typing import Any, Generic, TypeVar

from fundpool.inputs.format.messages import Listed, Message
from fundpool.inputs.format.messages import reason as message_of

ENGINES = ("local", "processes", "dask")
PATIENCE = "20s"
"""How long a Dask scheduler may take to answer."""

NO_DASK = "the engine dask is not installed; install fundpool[cluster], or use processes"

TRIES = 5
"""How often a task is handed out again after its worker died."""

Shared = TypeVar("Shared")
Task = TypeVar("Task")
Result = TypeVar("Result")


class EngineError(Exception):
    """An engine that is not there, or whose workers keep dying, with a sentence that says why."""


@dataclass(frozen=True)
class Engine:
    """Where tasks run.

    >>> Engine().kind
    'local'

    Attributes:
        kind: ``local``, ``processes`` or ``dask``.
        address: address of a Dask scheduler; empty for a cluster of this machine's own.
        workers: how many at once; default: one a processor.
    """

    kind: str = "local"
    address: str = ""
    workers: int | None = None

    def __post_init__(self) -> None:
        """Refuse an unknown kind, a number of workers below one, an address without use."""
        if self.kind not in ENGINES:
            raise EngineError(
                Message(
                    "%(kind)s is not an engine: %(engines)s",
                    kind=repr(self.kind),
                    engines=Listed.of(ENGINES),
                )
            )
        if self.address and self.kind != "dask":
            raise EngineError(Message("the engine %(kind)s takes no address", kind=self.kind))
        if self.workers is not None and self.workers < 1:
            raise EngineError(Message("an engine needs at least one worker"))

    @property
    def size(self) -> int:
        """Number of workers."""
        return self.workers or os.cpu_count() or 1


def engine_for(text: str, workers: int | None = None) -> Engine:
    """An engine from its short form: ``local``, ``processes``, ``dask``, ``dask=ADDRESS``.

    >>> engine_for("processes", workers=2).kind
    'processes'

    Raises:
        EngineError: another word, an empty address, or Dask is not installed.
    """
    kind, equals, address = text.strip().partition("=")
    if equals and not address:
        raise EngineError(
            Message(
                "%(text)s should name the scheduler, as in dask=tcp://10.0.0.1:8786",
                text=repr(text),
            )
        )
    engine = Engine(kind, address, workers)
    if kind == "dask" and not all(find_spec(name) for name in ("dask", "distributed")):
        raise EngineError(NO_DASK)
    return engine


@dataclass(frozen=True)
class Job(Generic[Shared, Task, Result]):
    """Work to be done: ``function(shared, task)`` for every task."""

    function: Callable[[Shared, Task], Result]
    shared: Shared
    tasks: Sequence[Task]


def results(job: Job[Shared, Task, Result], engine: Engine) -> Iterator[Result]:
    """The tasks' results, in order; a few tasks are under way at a time.

    Raises:
        EngineError: Dask is asked for and not installed or not reachable, or workers keep dying.
    """
    if engine.kind == "processes":
        yield from _in_processes(job, engine)
    elif engine.kind == "dask":
        yield from _on_dask(job, engine)
    else:
        with ThreadPoolExecutor(max_workers=engine.size) as pool:
            yield from _in_order(
                pool, [(job.function, job.shared, task) for task in job.tasks], engine.size + 1
            )


def _in_order(pool: Executor, calls: Sequence[tuple[Any, ...]], under_way: int) -> Iterator[Any]:
    """Results of calls in order, never more than ``under_way`` of them begun and not taken."""
    waiting: deque[Future[Any]] = deque()
    try:
        for call in calls:
            waiting.append(pool.submit(*call))
            if len(waiting) > under_way:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


_SHARED: Any = None
"""What the tasks of a worker process share; set once when the process starts."""


def _start_process(packed: bytes) -> None:
    global _SHARED
    # packed by this program itself, as is all that is unpacked here
    _SHARED = pickle.loads(packed)  # nosec B301


def _task_in_process(function: Callable[[Any, Any], Any], task: Any) -> Any:
    return function(_SHARED, task)


def _in_processes(job: Job[Any, Any, Any], engine: Engine) -> Iterator[Any]:
    packed = pickle.dumps(job.shared, protocol=pickle.HIGHEST_PROTOCOL)
    done = 0
    for _ in range(TRIES):
        try:
            with ProcessPoolExecutor(
                engine.size, mp_context=get_context("spawn"), initializer=_start_process,
                initargs=(packed,),
            ) as pool:  # fmt: skip
                calls = [(_task_in_process, job.function, task) for task in job.tasks[done:]]
                for result in _in_order(pool, calls, 2 * engine.size):
                    yield result
                    done += 1
            return
        except BrokenExecutor:  # a worker died; what was not taken yet is handed out again
            continue
    raise EngineError(
        Message(
            "workers died %(tries)s times; is there enough memory for %(size)s?",
            tries=TRIES,
            size=engine.size,
        )
    )


def _unpacked(packed: bytes) -> Any:
    return pickle.loads(packed)  # nosec B301


def _on_dask(job: Job[Any, Any, Any], engine: Engine) -> Iterator[Any]:
    try:
        import dask
        import distributed
    except ImportError:
        raise EngineError(NO_DASK) from None
    library: Any = distributed  # not typed
    packed = pickle.dumps(job.shared, protocol=pickle.HIGHEST_PROTOCOL)
    settings = {
        "distributed.scheduler.allowed-failures": TRIES,
        "distributed.admin.tick.limit": "60s",
        "distributed.worker.daemon": True,
    }
    with dask.config.set(settings), warnings.catch_warnings():
        # what all tasks share goes along once, as bytes; that it is large is known
        warnings.filterwarnings("ignore", message="Sending large graph")
        cluster = None
        try:
            if engine.address:
                client = library.Client(engine.address, timeout=PATIENCE, set_as_default=False)
            else:
                cluster = library.LocalCluster(
                    n_workers=engine.size, threads_per_worker=1, processes=True,
                    host="127.0.0.1", dashboard_address=None, silence_logs="CRITICAL",
                )  # fmt: skip
                client = library.Client(cluster, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise EngineError(
                Message(
                    "no Dask scheduler answers at %(address)s: %(why)s",
                    address=engine.address,
                    why=message_of(error),
                )
            ) from None
        try:
            # a task of its own, so that it is computed again if its worker dies
            shared = client.submit(_unpacked, packed, pure=False)
            waiting: deque[Any] = deque()
            for task in job.tasks:
                waiting.append(client.submit(job.function, shared, task, pure=False))
                if len(waiting) > 3 * engine.size:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            client.close()
            if cluster is not None:
                cluster.close()
