"""The requests that are measured, each new at every time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from runledger.domain.sorting import TaskRunSort

RUNS_PER_FLOW_RUN = 200
RUNS_PER_TAG = 500
PAGE = 200  # the default limit
IDS = 100
STRIDE = 7919  # a prime: neighbours in time are asked for far apart
DAY = timedelta(days=1)

# A thousand runs a day, at any size; a million end in 2025.
FIRST = datetime(2023, 1, 1, tzinfo=UTC)
EVERY = timedelta(days=1) / 1_000

# Of a hundred runs so many are in each type of state, well mixed.
MIX = (
    *(["COMPLETED"] * 90),
    *(["FAILED"] * 4),
    *(["CRASHED", "CANCELLED", "RUNNING", "RUNNING", "PENDING", "SCHEDULED"]),
)


class Call(NamedTuple):
    method: str
    path: str
    body: Mapping[str, Any] | Sequence[Any] | None = None


@dataclass(frozen=True)
class Loaded:
    """The data of a side: its runs, in flow runs of 200, and one flow run to create in."""

    flow_runs: Sequence[str]
    runs: Sequence[str]
    spare_flow_run: str


Question = Callable[[Loaded, int], Call]


def entered(number: int) -> datetime:
    """Return when the run with this number was created in its state."""
    return FIRST + number * EVERY


def state_type(number: int) -> str:
    return MIX[number * STRIDE % len(MIX)]


def run_body(number: int, flow_run: str | None) -> dict[str, Any]:
    """The run with this number, as it is loaded and as a client would create it."""
    return {
        "name": f"extract-{number}",
        "flow_run_id": flow_run,
        "task_key": "extract-1f2a9c",
        "dynamic_key": str(number),
        "tags": [tag(number)],
        "task_inputs": {"source": [{"input_type": "parameter", "name": "source"}]},
        "state": {"type": state_type(number)},
    }


def tag(number: int) -> str:
    return f"batch-{number // RUNS_PER_TAG}"


def create(_: Loaded, number: int) -> Call:
    return _create(run_body(number, None) | {"dynamic_key": str(uuid4())})


def create_in_flow_run(loaded: Loaded, number: int) -> Call:
    return _create(run_body(number, loaded.spare_flow_run) | {"dynamic_key": str(uuid4())})


def create_again(loaded: Loaded, number: int) -> Call:
    place = _place(loaded.runs, number)
    return _create(run_body(place, loaded.flow_runs[place // RUNS_PER_FLOW_RUN]))


def read(loaded: Loaded, number: int) -> Call:
    return Call("GET", f"/task_runs/{_some(loaded.runs, number)}")


def find_by_ids(loaded: Loaded, number: int) -> Call:
    ids = [_some(loaded.runs, number + step) for step in range(IDS)]
    return _find(task_runs={"id": {"any_": ids}})


def find_by_flow_run(loaded: Loaded, number: int) -> Call:
    return _find(task_runs={"flow_run_id": {"any_": [_some(loaded.flow_runs, number)]}})


def find_by_tag(loaded: Loaded, number: int) -> Call:
    return _find(task_runs={"tags": {"all_": [tag(_place(loaded.runs, number))]}})


def find_failed(_: Loaded, __: int) -> Call:
    return _find(task_runs=FAILED, sort=TaskRunSort.EXPECTED_START_TIME_DESC)


def count_failed(_: Loaded, __: int) -> Call:
    return Call("POST", "/task_runs/count", {"task_runs": FAILED})


def tell_a_day(loaded: Loaded, number: int) -> Call:
    """Ask for the history of 24 hours, by the hour."""
    days = max(1, len(loaded.runs) * EVERY // DAY)
    start = entered(0) + number * STRIDE % days * DAY
    span = {
        "history_start": start.isoformat(),
        "history_end": (start + DAY).isoformat(),
        "history_interval_seconds": 3600,
    }
    return Call("POST", "/task_runs/history", span)


FAILED = {"state": {"type": {"any_": ["FAILED"]}}}


def first_page(sort: TaskRunSort) -> Question:
    return lambda _, __: _find(sort=sort)


def set_state(loaded: Loaded, number: int) -> Call:
    """Any run can become PENDING, however often; the last question, for it changes the runs."""
    path = f"/task_runs/{_some(loaded.runs, number)}/set_state"
    return Call("POST", path, {"state": {"type": "PENDING"}})


# What must cost the same however much is stored.
QUERIES: Mapping[str, Question] = {
    **{f"by {sort.value}": first_page(sort) for sort in TaskRunSort},
    "of a flow run": find_by_flow_run,
    "in a type of state": find_failed,
    "with a tag": find_by_tag,
    "count in a type of state": count_failed,
    "history of 24 hours": tell_a_day,
}

QUESTIONS: Mapping[str, Question] = {
    "create": create,
    "create in a flow run": create_in_flow_run,
    "create, key exists": create_again,
    "read": read,
    f"filter by {IDS} ids": find_by_ids,
    **QUERIES,
    "set state": set_state,
}


def _create(body: Mapping[str, Any]) -> Call:
    return Call("POST", "/task_runs/", body)


def _find(**body: object) -> Call:
    return Call("POST", "/task_runs/filter", body)


def _some(things: Sequence[str], number: int) -> str:
    return things[_place(things, number)]


def _place(things: Sequence[str], number: int) -> int:
    return number * STRIDE % len(things)
