"""Processor time of servers for a request, HTTP included: `make bench ARGS=cpu`.

All servers hold the same runs and are asked in turns, one request after the other over one
connection. The time is of the server's processes, and apart from it of its database's: dynoxide or
PostgreSQL. SQLite works inside the reference's own process. What a server does when nobody asks is
measured first and taken off; what it does after its answers (stream, events) is counted.

The aims are for the servers' own processes, and for the larger of the ratios to the reference on
SQLite and on PostgreSQL. Ratios with the databases stand beside them.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import NamedTuple

from runledger.domain.sorting import TaskRunSort
from tests.bench import questions
from tests.bench.cpu.processes import Seconds, Watched, watched
from tests.bench.figures import BenchResult, Figure, print_lines
from tests.bench.plots import bars
from tests.bench.questions import Loaded, Question
from tests.bench.servers import ours
from tests.bench.servers.loading import Filling
from tests.bench.servers.postgres import on_postgres
from tests.bench.servers.reference import on_sqlite
from tests.bench.servers.sides import MeasuredServer

AIM, MAX_RATIO = 0.25, 0.5
OURS, SQLITE, POSTGRES = "Runledger", "SQLite", "PostgreSQL"
WARM_UP = 10
IDLE_SECONDS, SECONDS_TO_SETTLE = 3.0, 0.5
HEADS = (
    f"{'milliseconds of CPU':<26}{OURS:>10}{'dynoxide':>9}{SQLITE:>9}{POSTGRES:>12}{'postgres':>9}"
    f"{'over SQLite':>14}{'all':>6}{'over PostgreSQL':>18}{'all':>6}"
)

REQUESTS: Mapping[str, Question] = {
    "create": questions.create,
    "read": questions.read,
    "page of 200": questions.first_page(TaskRunSort.ID_DESC),
    "page of a flow run": questions.find_by_flow_run,
    "count by state": questions.count_failed,
    "history of a day": questions.tell_a_day,
    "set_state": questions.set_state,
}


class Size(NamedTuple):
    """The number of runs that the servers hold, and how often each server is asked."""

    runs: int
    turns: int
    requests_in_turn: int


FULL, QUICK = Size(10_000, 6, 30), Size(1_000, 3, 20)


class Side(NamedTuple):
    server: MeasuredServer
    loaded: Loaded
    watched: Watched
    idle: Seconds  # a second


Sides = Mapping[str, Side]
Taken = Mapping[str, Seconds]  # milliseconds of a request, by side


def result(size: Size = FULL) -> BenchResult:
    """Measure, and print all."""
    with _sides(size.runs) as sides:
        _show_idle(sides)
        print_lines(HEADS)
        taken = {name: _shown(name, _taken(sides, one, size)) for name, one in REQUESTS.items()}
    figures = [
        Figure(f"CPU of {name} over the reference's", _largest_ratio(of), AIM, MAX_RATIO)
        for name, of in taken.items()
    ]
    title = "Processor time of a request, over the reference's"
    ratios = {name: _ratios(of) for name, of in taken.items()}
    return BenchResult(figures, {"cpu": bars.drawn(title, ratios, (AIM, MAX_RATIO))})


def _ratios(taken: Taken) -> dict[str, float]:
    own, others = taken[OURS], [name for name in (SQLITE, POSTGRES) if name in taken]
    servers = {f"servers, {name}": _ratio(own, taken[name]) for name in others}
    return servers | {f"with databases, {name}": _whole(own, taken[name]) for name in others}


@contextmanager
def _sides(runs: int) -> Iterator[Sides]:
    with ExitStack() as stack:
        (server, loaded), own = stack.enter_context(watched(ours.serving(runs)))
        sides = {OURS: Side(server, loaded, own, _idle(own))}
        for reference in (on_sqlite(), on_postgres()):
            sides |= _reference(*stack.enter_context(watched(reference)), runs)
        yield sides


def _reference(filling: Filling | None, processes: Watched, runs: int) -> Sides:
    """Return the side of a reference; none where it is not installed or loads too slowly."""
    loaded = filling.up_to(runs) if filling else None
    if not (filling and loaded):
        return {}
    return {filling.name: Side(filling.server, loaded, processes, _idle(processes))}


def _idle(processes: Watched) -> Seconds:
    """Return what the processes take in a second when nobody asks."""
    time.sleep(SECONDS_TO_SETTLE)
    before = processes.seconds()
    time.sleep(IDLE_SECONDS)
    return processes.seconds().minus(before).times(1 / IDLE_SECONDS)


def _show_idle(sides: Sides) -> None:
    for name, side in sides.items():
        idle = side.idle.times(1000)
        as_text = f"{idle.server:.1f} ms a second, its database {idle.database:.1f}"
        print_lines(f"{name} when nobody asks: {as_text}")


def _taken(sides: Sides, question: Question, size: Size) -> Taken:
    """Ask all sides in turns, so that other programs slow all equally."""
    numbers = count(1)
    for side in sides.values():
        _ask(side, question, WARM_UP, numbers)
    total = dict.fromkeys(sides, Seconds(0.0, 0.0))
    for _ in range(size.turns):
        for name, side in sides.items():
            total[name] = total[name].plus(_turn(side, question, size.requests_in_turn, numbers))
    requests = size.turns * size.requests_in_turn
    return {name: seconds.times(1000 / requests) for name, seconds in total.items()}


def _turn(side: Side, question: Question, requests: int, numbers: Iterator[int]) -> Seconds:
    time.sleep(SECONDS_TO_SETTLE)
    began, before = time.monotonic(), side.watched.seconds()
    _ask(side, question, requests, numbers)
    time.sleep(SECONDS_TO_SETTLE)
    taken = side.watched.seconds().minus(before)
    return taken.minus(side.idle.times(time.monotonic() - began))


def _ask(side: Side, question: Question, requests: int, numbers: Iterator[int]) -> None:
    for _ in range(requests):
        side.server.prepare(question(side.loaded, next(numbers)))()


def _shown(name: str, taken: Taken) -> Taken:
    own, sqlite, postgres = taken[OURS], taken[SQLITE], taken.get(POSTGRES)
    line = f"{name:<26}{own.server:>10.2f}{own.database:>9.2f}{sqlite.server:>9.2f}"
    ratios = f"{_ratio(own, sqlite):>14.2f}{_whole(own, sqlite):>6.2f}"
    if postgres:
        line += f"{postgres.server:>12.2f}{postgres.database:>9.2f}"
        ratios += f"{_ratio(own, postgres):>18.2f}{_whole(own, postgres):>6.2f}"
    else:
        line += f"{'-':>12}{'-':>9}"
    print_lines(line + ratios)
    return taken


def _largest_ratio(taken: Taken) -> float:
    own, *others = taken.values()
    return max(_ratio(own, other) for other in others)


def _ratio(own: Seconds, other: Seconds) -> float:
    return own.server / other.server


def _whole(own: Seconds, other: Seconds) -> float:
    """Return the ratio with the databases."""
    return sum(own) / sum(other)
