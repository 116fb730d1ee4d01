"""Queries drawn at random over data drawn at random, the same ones for the same seed."""

import json
from collections.abc import Callable, Iterator, Mapping
from random import Random

from tests.conformance.generated.random_programs import (
    FLOW_LABELS,
    HOW_MANY_IDS,
    NAMES,
    RUN_LABELS,
    TYPES_OF_FLOW_RUNS,
    a_flow,
    a_flow_run,
    a_task_run,
    an_object,
)
from tests.conformance.generated.random_programs import OBJECTS as OBJECTS_OF_TASK_RUNS
from tests.conformance.programs import Program, RequestStep, delete, patch, post, program, some_id
from tests.conformance.tables.deployments.deployment_criteria import ASKED as ASKED_OF_DEPLOYMENTS
from tests.conformance.tables.deployments.deployment_criteria import DEPLOYMENTS
from tests.conformance.tables.values.criteria import FLOW_RUNS, SORTS, Criteria
from tests.conformance.tables.values.proposals import Body, forced, state
from tests.conformance.tables.values.states import TYPES

NAME = "random queries"
CREATED, STARTED, MOVED, ASKED = 18, 6, 8, 60
DEPLOYMENT_LABELS = tuple(label for label, *_ in DEPLOYMENTS)
OF_DEPLOYMENTS: Criteria = ({"any_": ["<da.id>", "<dc.id>"]}, {"any_": ["<db.id>"]})
OBJECTS: dict[str, Mapping[str, Criteria]] = {
    **OBJECTS_OF_TASK_RUNS,
    "flow_runs": {**FLOW_RUNS, "deployment_id": (*FLOW_RUNS["deployment_id"], *OF_DEPLOYMENTS)},
    "deployments": ASKED_OF_DEPLOYMENTS,
}
# What is asked about the things themselves, and about what stands above and below them.
OWN, OTHERS = 0.85, {"task_runs": 0.15, "flow_runs": 0.25, "flows": 0.15, "deployments": 0.1}

SORTS_OF_FLOWS = ("CREATED_DESC", "UPDATED_DESC", "NAME_ASC", "NAME_DESC")
# How long runs ran is a matter of chance here: `tables.durations` asks for that order. And
# ids of flow runs, which no client chooses, stand in another order on each side.
SORTS_OF_KINDS = {
    "task_runs": SORTS,
    "flow_runs": (*SORTS[1:], "START_TIME_ASC", "START_TIME_DESC"),
    "flows": SORTS_OF_FLOWS,
    "deployments": SORTS_OF_FLOWS,
}
# A page's runs don't show by what the other sorts order them.
SORTS_OF_PAGES = SORTS_OF_KINDS | {
    "task_runs": ("ID_DESC", "NAME_ASC", "NAME_DESC", "END_TIME_DESC"),
}
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


def _steps(draw: Random) -> Iterator[RequestStep]:
    yield _landmark("oldest", 40)
    yield from (a_flow(draw, label) for label in FLOW_LABELS)
    yield from (_a_deployment(draw, label) for label in DEPLOYMENT_LABELS)
    yield from (_started(draw, label) for label in RUN_LABELS)
    yield from (_started(draw, "") for _ in range(STARTED))
    yield from (a_task_run(draw, "", 0) for _ in range(CREATED))
    yield from (_moved(draw) for _ in range(MOVED))
    yield _landmark("newest", 41)
    for _ in range(ASKED):
        if draw.random() < 0.06:
            yield _changed(draw)
        kind = draw.choices(list(KINDS), list(KINDS.values()))[0]
        yield draw.choice(QUERIES[kind])(draw, kind)


def _a_deployment(draw: Random, label: str) -> RequestStep:
    _, flow, fields = next(one for one in DEPLOYMENTS if one[0] == label)
    known: Body = {"paused": draw.choice((True, False)), "tags": draw.choices("xyX", k=2)}
    return post("/deployments/", {"flow_id": f"<{flow}.id>", **fields, **known}).named(label)


def _started(draw: Random, label: str) -> RequestStep:
    """A flow run, of a deployment or of none, whichever flow's."""
    made = a_flow_run(draw, label)
    if draw.random() < 0.5:
        return made
    fields = json.loads(made.content or b"{}")
    fields["deployment_id"] = f"<{draw.choice(DEPLOYMENT_LABELS)}.id>"
    return post("/flow_runs/", fields).named(made.label)


def _landmark(label: str, number: int) -> RequestStep:
    """A run that nothing changes: its time bounds the time in which others are created."""
    body = {"id": some_id(number), "task_key": "t", "dynamic_key": label, "name": "9"}
    return post("/task_runs/", body).named(label)


def _moved(draw: Random) -> RequestStep:
    times = ("2030-06-01T00:00:00Z", "2020-01-01", "2029-06-01T00:00:00.5+00:00")
    scheduled = {"scheduled_time": draw.choice(times)} if draw.random() < 0.4 else {}
    if draw.random() < 0.3:
        proposed = state(draw.choice(TYPES_OF_FLOW_RUNS), **scheduled)
        return post(f"/flow_runs/<{draw.choice(RUN_LABELS)}.id>/set_state", forced(proposed))
    proposed = state(draw.choice(TYPES), **scheduled)
    return post(f"{_some_run(draw)}/set_state", forced(proposed))


def _changed(draw: Random) -> RequestStep:
    kinds: tuple[Callable[[], RequestStep], ...] = (
        lambda: _moved(draw),
        lambda: a_task_run(draw, "", 0),
        lambda: patch(_some_run(draw), {"name": draw.choice(NAMES)}),
        lambda: delete(_some_run(draw)),
        lambda: delete(f"/flow_runs/<{draw.choice(RUN_LABELS)}.id>"),
        lambda: _started(draw, ""),
        lambda: _a_deployment(draw, draw.choice(DEPLOYMENT_LABELS)),
        lambda: delete(f"/deployments/<{draw.choice(DEPLOYMENT_LABELS)}.id>"),
    )
    return draw.choice(kinds)()


def _some_run(draw: Random) -> str:
    return f"/task_runs/{some_id(draw.randrange(HOW_MANY_IDS))}"


def criteria(draw: Random, kind: str) -> Body:
    """Criteria for a query about a kind of things."""
    chances = OTHERS | {kind: OWN}
    asked = [name for name, random_fraction in chances.items() if draw.random() < random_fraction]
    return {name: an_object(draw, OBJECTS[name]) for name in asked}


def _count(draw: Random, kind: str) -> RequestStep:
    return post(f"/{kind}/count", criteria(draw, kind))


def _paginate(draw: Random, kind: str) -> RequestStep:
    body = criteria(draw, kind)
    body["sort"] = draw.choice((SORTS_OF_PAGES if body else SORTS_OF_KINDS)[kind])
    if draw.random() < 0.7:
        body |= {"limit": draw.choice((0, 1, 3, 7)), "page": draw.choice((1, 1, 2, 3, 9))}
    return post(f"/{kind}/paginate", body)


def _filter(draw: Random, kind: str) -> RequestStep:
    body = criteria(draw, kind) | {"sort": draw.choice(SORTS_OF_KINDS[kind])}
    if draw.random() < 0.5:
        body |= {"limit": draw.choice((1, 3, 7)), "offset": draw.choice((0, 1, 5, 30))}
    return post(f"/{kind}/filter", body)


def _history(draw: Random, kind: str) -> RequestStep:
    start, end, seconds = draw.choice(PERIODS)
    asked = {"history_start": start, "history_end": end, "history_interval_seconds": seconds}
    return post(f"/{kind}/history", criteria(draw, kind) | asked if draw.random() < 0.6 else asked)


LISTS = (_count, _paginate, _filter)
QUERIES = {
    "task_runs": (*LISTS, _history),
    "flow_runs": (*LISTS, _history),
    "flows": LISTS,
    "deployments": LISTS,
}
KINDS = {"task_runs": 4, "flow_runs": 3, "flows": 1.5, "deployments": 1.5}
