"""Requests a second of servers with 1, 8 and 32 clients: `make bench ARGS=throughput`.

All servers hold the same runs and are asked in turns, by clients in another process of the same
machine. Only answers with success count: under load, the reference answers some writes with 503.
"""

import json
import math
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count, islice
from typing import NamedTuple

from local.cloudformation.template import REPOSITORY
from runledger.domain.sorting import TaskRunSort
from tests.bench import questions
from tests.bench.figures import BenchResult, Figure, print_lines
from tests.bench.questions import Call, Loaded, Question
from tests.bench.servers import ours
from tests.bench.servers.loading import Filling
from tests.bench.servers.postgres import on_postgres
from tests.bench.servers.reference import on_sqlite
from tests.bench.servers.sides import MeasuredServer

CLIENTS = (1, 8, 32)
# The ratio of requests a second to the larger of the references', and of p95 to the smaller. Times
# wobble with whatever else the machine does: aims, but no limits.
AIM, AIM_OF_P95 = 2.0, 1.0
NO_LEAST, NO_MOST = 0.0, math.inf
OURS = "Runledger"
PAGE = 50
# More calls than any server answers in a turn.
CALLS_A_SECOND = 1_500


def filter_of_50(_: Loaded, __: int) -> Call:
    return Call("POST", "/task_runs/filter", {"limit": PAGE, "sort": TaskRunSort.ID_DESC})


REQUESTS: Mapping[str, Question] = {
    "create": questions.create,
    "set_state": questions.set_state,
    f"filter of {PAGE}": filter_of_50,
    "count": questions.count_failed,
}


class ServerLoad(NamedTuple):
    """The number of runs that servers hold; how often, and for how many seconds, each is asked."""

    runs: int
    turns: int
    seconds: float


FULL, QUICK = ServerLoad(10_000, 3, 2.0), ServerLoad(1_000, 1, 1.0)


class Throughput(NamedTuple):
    """Successful and failed requests a second, and the 95th percentile of the former's ms."""

    succeeded: float
    failed: float
    p95: float


class LoadedSide(NamedTuple):
    server: MeasuredServer
    loaded: Loaded


Sides = Mapping[str, LoadedSide]
Measured = Mapping[str, Throughput]  # by side


def result(load: ServerLoad = FULL) -> BenchResult:
    """Measure, and print all."""
    with _sides(load.runs) as sides:
        names = "".join(f"{name:>26}" for name in sides)
        print_lines(f"{'requests a second (failed), p95 in ms':<38}{names}")
        measured = {
            (name, clients): _shown(name, clients, _measured(sides, question, clients, load))
            for name, question in REQUESTS.items()
            for clients in CLIENTS
        }
    return BenchResult(list(_figures(measured)))


@contextmanager
def _sides(runs: int) -> Iterator[Sides]:
    with ExitStack() as stack:
        sides = {OURS: LoadedSide(*stack.enter_context(ours.serving(runs)))}
        for reference in (on_sqlite(), on_postgres()):
            sides |= _reference(stack.enter_context(reference), runs)
        yield sides


def _reference(filling: Filling | None, runs: int) -> Sides:
    """Return a reference with its runs; none where it is not installed or loads too slowly."""
    loaded = filling.up_to(runs) if filling else None
    return {filling.name: LoadedSide(filling.server, loaded)} if filling and loaded else {}


def _measured(sides: Sides, question: Question, clients: int, load: ServerLoad) -> Measured:
    turns: dict[str, list[Throughput]] = {name: [] for name in sides}
    for _ in range(load.turns):
        for name, side in sides.items():
            turns[name].append(_turn(side, question, clients, load.seconds))
    return {name: _medians(taken) for name, taken in turns.items()}


_numbers = count(1)


def _turn(side: LoadedSide, question: Question, clients: int, seconds: float) -> Throughput:
    numbers = islice(_numbers, int(CALLS_A_SECOND * seconds))
    calls = [question(side.loaded, number) for number in numbers]
    arguments = [side.server.url.rstrip("/"), str(clients), str(seconds)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.throughput.load", *arguments],
        cwd=REPOSITORY,
        input=json.dumps(calls),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    lasted = found["seconds"]
    return Throughput(found["succeeded"] / lasted, found["failed"] / lasted, found["p95"])


def _medians(turns: Sequence[Throughput]) -> Throughput:
    return Throughput(*map(statistics.median, zip(*turns, strict=True)))


def _shown(name: str, clients: int, measured: Measured) -> Measured:
    each = "".join(
        f"{one.succeeded:>10.0f}{f'({one.failed:.0f})':>7}{one.p95:>9.1f}"
        for one in measured.values()
    )
    print_lines(f"{f'{name}, {clients} clients':<38}{each}")
    return measured


def _figures(measured: Mapping[tuple[str, int], Measured]) -> Iterator[Figure]:
    for (name, clients), of in measured.items():
        own, *others = of.values()
        rate = own.succeeded / max(other.succeeded for other in others)
        p95 = own.p95 / min(other.p95 for other in others)
        asked = f"{name}, {clients} at once"
        yield Figure(
            f"rate over the reference's: {asked}", rate, AIM, NO_LEAST, more_is_better=True
        )
        yield Figure(f"p95 over the reference's: {asked}", p95, AIM_OF_P95, NO_MOST)
