"""Events as clients send them; what a claim is not about is filled in."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from runledger.domain.events.events import Event

JSON = dict[str, Any]

START = datetime(2026, 1, 2, 12, tzinfo=UTC)
RUN_ID, FLOW_RUN_ID = UUID(int=1), UUID(int=2)


def at(second: float) -> datetime:
    return START + timedelta(seconds=second)


def body(second: float = 0, kind: str = "RUNNING", **changes: Any) -> JSON:
    """An event of a task run that entered a state at a second; its id follows from both."""
    run_id, flow_run_id = changes.pop("run_id", RUN_ID), changes.pop("flow_run_id", None)
    identity = {"task_key": "t", "dynamic_key": "d"} | changes.pop("run", {})
    return {
        "id": str(uuid5(UUID(str(run_id)), f"{second} {kind}")),
        "occurred": at(second).isoformat(),
        "event": f"prefect.task-run.{kind.capitalize()}",
        "resource": {
            "prefect.resource.id": f"prefect.task-run.{run_id}",
            "prefect.orchestration": "client",
        },
        "related": [_flow_run(flow_run_id)] if flow_run_id else [],
        "payload": {
            "task_run": {"name": "run", **identity},
            "initial_state": None if kind == "PENDING" else {"type": "PENDING"},
            "validated_state": {"type": kind, "name": kind.capitalize(), "message": ""}
            | changes.pop("state", {}),
        },
        "follows": None,
        **changes,
    }


def event(second: float = 0, kind: str = "RUNNING", **changes: Any) -> Event:
    return Event.model_validate(body(second, kind, **changes))


def _flow_run(flow_run_id: UUID) -> JSON:
    return {
        "prefect.resource.id": f"prefect.flow-run.{flow_run_id}",
        "prefect.resource.role": "flow-run",
    }
