"""Runs that live in the domain alone: no server, no table, and a clock of their own."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from runledger.api.bodies import SetState
from runledger.api.flow_runs import FlowRunCreate, FlowRunUpdate
from runledger.api.responses import OrchestrationResult
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.orchestration.flow_run_policies import flow_policy_for
from runledger.domain.orchestration.task_run_policies import policy_for
from runledger.domain.orchestration.transitions import Decision, Facts, Transition, decide
from runledger.domain.runs.bookkeeping import as_of, next_moment
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from tests.transitions.playing import JSON, TASK_RUNS, Reply

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = {"task_key": "t", "dynamic_key": "d"}


class Pure:
    """Plays by the rules; a second passes with each step."""

    def __init__(self) -> None:
        self.now = NOON
        self.deployment = str(uuid4())
        self._task_runs: dict[str, TaskRun] = {}
        self._flow_runs: dict[str, FlowRun] = {}

    def create(self, kind: str, fields: JSON) -> str:
        asked = _read_body(kind, fields)
        run = asked.to_run(self.now)
        self._keep(self._decide(run, asked.proposed(self.now), force=True))
        return str(run.id)

    def propose(self, kind: str, run_id: str, state: JSON, *, force: bool) -> Reply:
        asked = SetState.model_validate({"state": state, "force": force})
        run = (self._task_runs if kind == TASK_RUNS else self._flow_runs)[run_id]
        decision = self._decide(run, asked.state.proposed(self.now), force=asked.force)
        self._keep(decision)
        actual = OrchestrationResult.of(decision).model_dump(mode="json")
        return Reply(201 if decision.written else 200, actual)

    def change(self, run_id: str, fields: JSON) -> None:
        changes = FlowRunUpdate.model_validate(fields).changes()
        self._flow_runs[run_id] = self._flow_runs[run_id].replace(**changes)

    def read(self, kind: str, run_id: str) -> JSON:
        if kind == TASK_RUNS:
            return as_of(self._task_runs[run_id], self.now).model_dump(mode="json")
        return as_of(self._flow_runs[run_id], self.now).model_dump(mode="json")

    def _decide(self, run: TaskRun | FlowRun, asked: State, *, force: bool) -> Decision[Any]:
        self.now += timedelta(seconds=1)
        state = asked.replace(timestamp=next_moment(run, asked.timestamp))
        facts = Facts(now=asked.timestamp, state_id=uuid4(), flow_run=self._flow_run_of(run))
        if isinstance(run, FlowRun):
            return decide(flow_policy_for(force=force), Transition(run, state, facts))
        return decide(policy_for(state, force=force), Transition(run, state, facts))

    def _flow_run_of(self, run: TaskRun | FlowRun) -> FlowRun | None:
        return self._flow_runs.get(str(run.flow_run_id)) if isinstance(run, TaskRun) else None

    def _keep(self, decision: Decision[Any]) -> None:
        run = decision.run.replace(state=decision.run.state.as_stored())
        (self._task_runs if isinstance(run, TaskRun) else self._flow_runs)[str(run.id)] = run


def _read_body(kind: str, fields: JSON) -> TaskRunCreate | FlowRunCreate:
    if kind == TASK_RUNS:
        return TaskRunCreate.model_validate(KEYS | fields)
    return FlowRunCreate.model_validate({"flow_id": str(uuid4())} | fields)
