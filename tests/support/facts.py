"""Facts of runs that were not stored: they are made from models, with all defaults spelled."""

from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json

from runledger.domain.runs.facts import FlowRunFacts, TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.store.runs.task_run_items import Stored


def facts_of(stored: Stored) -> TaskRunFacts:
    return TaskRunFacts(from_json(stored.run.model_dump_json()), stored.subflow_runs)


def flow_run_facts(run: FlowRun) -> FlowRunFacts:
    return FlowRunFacts(from_json(run.model_dump_json()))


def task_run_facts(
    *, state_timestamp: datetime | None = None, subflow_runs: int = 0, **fields: Any
) -> TaskRunFacts:
    """Return the facts of a task run of which some fields are given."""
    state = {"state": {"timestamp": state_timestamp}} if state_timestamp else {}
    return TaskRunFacts(from_json(to_json(fields | state, timedelta_mode="float")), subflow_runs)
