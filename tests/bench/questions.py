"""The requests that are measured, each new at every time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import uuid4

RUNS_PER_FLOW_RUN = 200
PAGE = 200  # the default limit
IDS = 100
STRIDE = 7919  # a prime: neighbours in time are asked for far apart


class Call(NamedTuple):
    method: str
    path: str
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Loaded:
    """What a side holds: its runs, in flow runs of 200, and one flow run to create in."""

    flow_runs: Sequence[str]
    runs: Sequence[str]
    spare_flow_run: str


Question = Callable[[Loaded, int], Call]


def run_body(number: int, flow_run: str | None) -> dict[str, Any]:
    """The run with this number, as it is loaded and as a client would create it."""
    return {
        "name": f"extract-{number}",
        "flow_run_id": flow_run,
        "task_key": "extract-1f2a9c",
        "dynamic_key": str(number),
        "tags": ["nightly"],
        "task_inputs": {"source": [{"input_type": "parameter", "name": "source"}]},
        "state": {"type": "COMPLETED"},
    }


def create(_: Loaded, number: int) -> Call:
    return _create(run_body(number, None) | {"dynamic_key": str(uuid4())})


def create_in_flow_run(loaded: Loaded, number: int) -> Call:
    return _create(run_body(number, loaded.spare_flow_run) | {"dynamic_key": str(uuid4())})


def create_again(loaded: Loaded, number: int) -> Call:
    place = number * STRIDE % len(loaded.runs)
    return _create(run_body(place, loaded.flow_runs[place // RUNS_PER_FLOW_RUN]))


def read(loaded: Loaded, number: int) -> Call:
    return Call("GET", f"/task_runs/{_some(loaded.runs, number)}")


def find_by_ids(loaded: Loaded, number: int) -> Call:
    ids = [_some(loaded.runs, number + step) for step in range(IDS)]
    return _find(task_runs={"id": {"any_": ids}})


def find_by_flow_run(loaded: Loaded, number: int) -> Call:
    return _find(task_runs={"flow_run_id": {"any_": [_some(loaded.flow_runs, number)]}})


def find_latest(_: Loaded, __: int) -> Call:
    return _find()


def set_state(loaded: Loaded, number: int) -> Call:
    """Any run can become PENDING, however often; the last question, for it changes the runs."""
    path = f"/task_runs/{_some(loaded.runs, number)}/set_state"
    return Call("POST", path, {"state": {"type": "PENDING"}})


QUESTIONS: Mapping[str, Question] = {
    "create": create,
    "create in a flow run": create_in_flow_run,
    "create, key exists": create_again,
    "read": read,
    f"filter by {IDS} ids": find_by_ids,
    f"filter by flow run, {PAGE}": find_by_flow_run,
    f"default filter, {PAGE}": find_latest,
    "set state": set_state,
}


def _create(body: Mapping[str, Any]) -> Call:
    return Call("POST", "/task_runs/", body)


def _find(**body: object) -> Call:
    return Call("POST", "/task_runs/filter", body)


def _some(things: Sequence[str], number: int) -> str:
    return things[number * STRIDE % len(things)]
