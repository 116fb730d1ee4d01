"""Queries drawn at random over data drawn at random, the same ones for the same seed."""

from collections.abc import Callable, Iterator
from random import Random

from tests.conformance.programs import Program, Step, delete, patch, post, program, some_id
from tests.conformance.random_programs import (
    FLOW_LABELS,
    HOW_MANY_IDS,
    NAMES,
    RUN_LABELS,
    a_flow,
    a_flow_run,
    a_task_run,
    criteria,
)
from tests.conformance.tables.criteria import SORTS
from tests.conformance.tables.proposals import Body, forced, state
from tests.conformance.tables.states import TYPES

NAME = "random queries"
CREATED, MOVED, ASKED = 18, 8, 60
# A page's runs don't show by what the other sorts order them.
SORTS_OF_PAGES = ("ID_DESC", "NAME_ASC", "NAME_DESC", "END_TIME_DESC")
# None of these begins an interval when a program could be running.
PERIODS: tuple[tuple[str, str, float], ...] = (
    *(("2019-05-05T05:17:23Z", "2041-01-01T00:00:00Z", days * 86400) for days in (100, 366, 9000)),
    *(("2029-05-31T23:59:58Z", "2029-06-01T00:00:03Z", seconds) for seconds in (1, 1.5, 2)),
    ("2029-05-31T23:59:00Z", "2030-06-02T02:00:00+02:00", 7 * 86400.25),
    ("2030-06-01T00:00:00Z", "2030-06-01T00:00:00Z", 60),
    ("<oldest.expected_start_time>", "<newest.expected_start_time>", 300),
)


def programs(seed: int, how_many: int) -> Iterator[Program]:
    for number in range(how_many):
        draw = Random(f"queries {seed} {number}")  # noqa: S311 the same programs again
        yield program(f"{NAME} {number} (seed {seed})", *_steps(draw))


def _steps(draw: Random) -> Iterator[Step]:
    yield _landmark("oldest", 40)
    yield from (a_flow(draw, label) for label in FLOW_LABELS)
    yield from (a_flow_run(draw, label) for label in RUN_LABELS)
    yield from (a_task_run(draw, "", 0) for _ in range(CREATED))
    yield from (_moved(draw) for _ in range(MOVED))
    yield _landmark("newest", 41)
    for _ in range(ASKED):
        if draw.random() < 0.06:
            yield _changed(draw)
        yield draw.choice(QUERIES)(draw)


def _landmark(label: str, number: int) -> Step:
    """A run that nothing changes: its time bounds the time in which others are created."""
    body = {"id": some_id(number), "task_key": "t", "dynamic_key": label, "name": "9"}
    return post("/task_runs/", body).named(label)


def _moved(draw: Random) -> Step:
    times = ("2030-06-01T00:00:00Z", "2020-01-01", "2029-06-01T00:00:00.5+00:00")
    scheduled = {"scheduled_time": draw.choice(times)} if draw.random() < 0.4 else {}
    proposed = state(draw.choice(TYPES), **scheduled)
    if draw.random() < 0.3:
        return post(f"/flow_runs/<{draw.choice(RUN_LABELS)}.id>/set_state", forced(proposed))
    return post(f"{_some_run(draw)}/set_state", forced(proposed))


def _changed(draw: Random) -> Step:
    kinds: tuple[Callable[[], Step], ...] = (
        lambda: _moved(draw),
        lambda: a_task_run(draw, "", 0),
        lambda: patch(_some_run(draw), {"name": draw.choice(NAMES)}),
        lambda: delete(_some_run(draw)),
        lambda: delete(f"/flow_runs/<{draw.choice(RUN_LABELS)}.id>"),
    )
    return draw.choice(kinds)()


def _some_run(draw: Random) -> str:
    return f"/task_runs/{some_id(draw.randrange(HOW_MANY_IDS))}"


def _count(draw: Random) -> Step:
    return post("/task_runs/count", criteria(draw))


def _paginate(draw: Random) -> Step:
    body: Body = criteria(draw)
    body["sort"] = draw.choice(SORTS_OF_PAGES if body else SORTS)
    if draw.random() < 0.7:
        body |= {"limit": draw.choice((0, 1, 3, 7)), "page": draw.choice((1, 1, 2, 3, 9))}
    return post("/task_runs/paginate", body)


def _filter(draw: Random) -> Step:
    body = criteria(draw) | {"sort": draw.choice(SORTS)}
    if draw.random() < 0.5:
        body |= {"limit": draw.choice((1, 3, 7)), "offset": draw.choice((0, 1, 5, 30))}
    return post("/task_runs/filter", body)


def _history(draw: Random) -> Step:
    start, end, seconds = draw.choice(PERIODS)
    asked = {"history_start": start, "history_end": end, "history_interval_seconds": seconds}
    return post("/task_runs/history", criteria(draw) | asked if draw.random() < 0.6 else asked)


QUERIES = (_count, _paginate, _filter, _history)
