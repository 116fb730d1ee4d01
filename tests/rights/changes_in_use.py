"""Changes that the table's stream tells its readers of, so that they do all that they can do."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import pytest

from local.functions import Functions
from runledger import wiring
from runledger.store.dynamodb.expressions import typed
from runledger.store.schema import keys
from tests.rights.retention_in_use import add_to_what_ended, use_retention
from tests.rights.schedules_in_use import use_services
from tests.support import removals
from tests.support.databases import TEMPLATE

Become = Callable[[str], None]
"""Let what follows be done in the name of a function."""


def follow_changes(api: httpx.Client, become: Become) -> None:
    """Remove what belongs to things that are all still there, then cancel what began with a run."""
    _make(api, "/concurrency_limits/", tag="few", concurrency_limit=99)
    _remove_what_is_left(api, become)
    use_retention(api, become)
    add_to_what_ended(api)
    _cancel_with_the_flow_run(api, become)
    use_services(api, _make(api, "/flows/", name="ticking"), become)


def _remove_what_is_left(api: httpx.Client, become: Become) -> None:
    """Do so once in no time."""
    flow = _make(api, "/flows/", name="left")
    run = _begin(api, flow)
    task_run = _begin_task_run(api, run, "left")
    _make(api, "/flow_runs/", flow_id=flow, parent_task_run_id=task_run, idempotency_key="its")
    line = {"name": "n", "level": 20, "message": "m", "timestamp": "2030-01-01"}
    api.post("/logs/", json=[line | {"flow_run_id": run, "task_run_id": task_run}])
    _make(api, "/deployments/", name="left", flow_id=flow)
    become(removals.OPERATION)
    gone = [("TASK_RUN", task_run), ("FLOW", flow), ("FLOW_RUN", run)]
    with pytest.MonkeyPatch.context() as patch:
        for seconds in ("0", "20"):
            patch.setenv("REMOVAL_SECONDS", seconds)
            wiring.reset()
            assert removals.follow([removals.removed(kind, one) for kind, one in gone]) == []
    wiring.reset()


def _cancel_with_the_flow_run(api: httpx.Client, become: Become) -> None:
    flow = _make(api, "/flows/", name="cancelled")
    run = _begin(api, flow)
    task_runs = [_begin_task_run(api, run, key) for key in ("first", "second")]
    _make(api, "/flow_runs/", flow_id=flow, parent_task_run_id=task_runs[0])
    _set_state(api, f"/flow_runs/{run}", "CANCELLED")
    item = wiring.store().table.read(keys.flow_run(UUID(run))) or {}
    actual = {"Keys": typed({"pk": item["pk"], "sk": item["sk"]}), "NewImage": typed(item)}
    record = {"eventName": "MODIFY", "dynamodb": {**actual, "SequenceNumber": "1"}}
    become("react_to_changes")
    answer: Any = Functions(TEMPLATE).call("react_to_changes", {"Records": [record]})
    assert answer == {"batchItemFailures": []}


def _begin(api: httpx.Client, flow: str) -> str:
    run = _make(api, "/flow_runs/", flow_id=flow)
    _set_state(api, f"/flow_runs/{run}", "RUNNING")
    return run


def _begin_task_run(api: httpx.Client, flow_run: str, key: str) -> str:
    """Begin a task run, which takes a slot."""
    keyed = {"task_key": "t", "dynamic_key": key, "tags": ["few"], "flow_run_id": flow_run}
    run = _make(api, "/task_runs/", **keyed)
    _set_state(api, f"/task_runs/{run}", "RUNNING")
    return run


def _make(api: httpx.Client, path: str, **body: object) -> str:
    return str(api.post(path, json=body).raise_for_status().json()["id"])


def _set_state(api: httpx.Client, path: str, state: str) -> None:
    api.post(f"{path}/set_state", json={"state": {"type": state}}).raise_for_status()
