"""A finished flow run that leaves, with its task run and the subflow run of this."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from runledger import wiring
from runledger.api.bodies import PENDING
from runledger.api.flow_runs import FlowRunCreate
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.runs.states import State, StateType
from runledger.service.runs import flow_runs, task_run_creation
from runledger.store.dynamodb.expressions import typed
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from tests.reporting.building import body
from tests.support import removals

MAX_LOOKS = 100


def use_retention(api: httpx.Client, become: Callable[[str], None]) -> None:
    """Let the stream tell that a run ended three days ago, and then that its timer is over."""
    flow = api.post("/flows/", json={"name": "leaving"}).raise_for_status().json()["id"]
    become("")
    run, alone = ended_tree(flow), _finished_task_run()
    item = wiring.store().table.read(keys.flow_run(run)) or {}
    key = typed({"pk": item["pk"], "sk": item["sk"]})
    ended = {"Keys": key, "NewImage": typed(item), "SequenceNumber": "1"}
    become(removals.OPERATION)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUN_RETENTION_DAYS", "1")
        told = [
            {"eventName": "MODIFY", "dynamodb": ended},
            _end_of_timer(keys.flow_run(run)),
        ]
        # First there is no time. A fault may take the time, too: then it is looked at again.
        seconds = ("0", *["20"] * MAX_LOOKS)
        assert any(_has_left(keys.flow_run(run), told, patch, within) for within in seconds)
        assert any(_has_left(alone, [_end_of_timer(alone)], patch, within) for within in seconds)
        # The counts take back what they were told of above.
        gone = {"Keys": key, "OldImage": typed(item), "SequenceNumber": "3"}
        assert removals.follow([{"eventName": "REMOVE", "dynamodb": gone}]) == []
    wiring.reset()
    assert api.get(f"/flow_runs/{run}").status_code == httpx.codes.NOT_FOUND


def add_to_what_ended(api: httpx.Client) -> None:
    """Create task runs, one by an event, in a flow run that ended long ago."""
    flow = api.post("/flows/", json={"name": "ended"}).raise_for_status().json()["id"]
    run = _flow_run(flow_id=flow)
    _end(run)
    key = {"task_key": "t", "dynamic_key": "late"}
    api.post("/task_runs/", json={"flow_run_id": str(run), **key}).raise_for_status()
    late = body(run_id=uuid4(), flow_run_id=run, run={"dynamic_key": "later"})
    api.post("/events", json=[late]).raise_for_status()


def _has_left(run: Key, told: list[dict[str, Any]], patch: pytest.MonkeyPatch, within: str) -> bool:
    """Let the function have records, and so many seconds; return whether the run is gone."""
    patch.setenv("REMOVAL_SECONDS", within)
    wiring.reset()
    assert removals.follow(told) == []
    return wiring.store().table.read(run) is None


def _end_of_timer(run: Key) -> dict[str, Any]:
    told = {"Keys": typed(keys.retention(run)._asdict()), "SequenceNumber": "2"}
    return {"eventName": "REMOVE", "dynamodb": told}


def _finished_task_run() -> Key:
    then = wiring.now() - timedelta(days=3)
    body = TaskRunCreate.model_validate({"task_key": "t", "dynamic_key": "leaving alone"})
    run = task_run_creation.create(wiring.store(), body.to_run(then), _completed(then), now=then)
    return keys.task_run(run.run.id)


def ended_tree(flow: str) -> UUID:
    """Write a flow run that ended three days ago, its task run, and the subflow run of this."""
    root = _flow_run(flow_id=flow)
    then, key = wiring.now() - timedelta(days=3), {"task_key": "t", "dynamic_key": "leaving"}
    task_run = TaskRunCreate.model_validate({"flow_run_id": root, **key}).to_run(then)
    state = PENDING.proposed(then)
    parent = task_run_creation.create(wiring.store(), task_run, state, now=then).run.id
    _end(_flow_run(flow_id=flow, parent_task_run_id=parent))
    _end(root)
    return root


def _flow_run(**fields: Any) -> UUID:
    then = wiring.now() - timedelta(days=3)
    run = FlowRunCreate.model_validate(fields).to_run(then)
    flow_runs.create(wiring.store(), run, PENDING.proposed(then), now=then)
    return run.id


def _end(run: UUID) -> None:
    """Complete a flow run, and with it its parent task run."""
    then = wiring.now() - timedelta(days=3)
    flow_runs.set_state(wiring.store(), run, _completed(then), force=True, now=then)


def _completed(then: datetime) -> State:
    """The latest artifact of a key leaves with its run, and the one before it follows."""
    named = {"type": StateType.COMPLETED, "name": "Completed", "data": {"artifact_key": "leaving"}}
    return PENDING.proposed(then).replace(**named)
