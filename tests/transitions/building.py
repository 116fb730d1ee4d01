"""Runs, states and transitions for tests of rules; what a claim is not about is filled in."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from runledger.domain.orchestration.task_run_policies import policy_for
from runledger.domain.orchestration.transitions import Decision, Facts, Transition, decide
from runledger.domain.runs.empirical_policies import FlowRunPolicy, TaskRunPolicy
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.runs.task_runs import TaskRun

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RUN_ID, FLOW_RUN_ID, FLOW_ID = UUID(int=1), UUID(int=2), UUID(int=3)
STATE_ID, FRESH_ID = UUID(int=4), UUID(int=5)


def facts(**known: Any) -> Facts:
    return Facts(now=NOW, state_id=FRESH_ID, **known)


def state(kind: str, name: str | None = None, *, data: object = None, **details: Any) -> State:
    return State(
        id=STATE_ID,
        type=StateType(kind),
        name=kind.capitalize() if name is None else name,
        timestamp=NOW,
        data=data,
        state_details=StateDetails(**details),
    )


def _being_in(current: State | None) -> dict[str, Any]:
    if current is None:
        return {}
    return {"state": current, "state_type": current.type, "state_name": current.name}


def task_run(
    current: State | None, *, policy: dict[str, Any] | None = None, **fields: Any
) -> TaskRun:
    return TaskRun(
        id=RUN_ID,
        created=NOW,
        updated=NOW,
        name="run",
        task_key="t",
        dynamic_key="d",
        **_being_in(current),
        empirical_policy=TaskRunPolicy.model_validate(policy or {}),
        **fields,
    )


def flow_run(
    current: State | None, *, policy: dict[str, Any] | None = None, **fields: Any
) -> FlowRun:
    return FlowRun(
        id=FLOW_RUN_ID,
        created=NOW,
        updated=NOW,
        name="run",
        flow_id=FLOW_ID,
        **_being_in(current),
        empirical_policy=FlowRunPolicy.model_validate(policy or {}),
        **fields,
    )


def propose(
    run: TaskRun, proposed: State, *, force: bool = False, **known: Any
) -> Decision[TaskRun]:
    """Decide a proposal with the facts that are known."""
    asked = Transition(run, proposed, facts(**known))
    return decide(policy_for(proposed, force=force), asked)
