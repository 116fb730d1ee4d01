"""Items of runs are read back as they were written."""

from datetime import timedelta
from typing import Any, TypeVar, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.runs.bookkeeping import in_utc
from runledger.domain.runs.facts import FlowRunFacts, RunFacts, TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.task_runs import (
    TaskRun,
)
from runledger.store import items
from runledger.store.deployments import flow_items
from runledger.store.dynamodb.expressions import plain, typed
from runledger.store.dynamodb.large_documents import UNDIVIDED
from runledger.store.dynamodb.writes import Item
from runledger.store.runs import flow_run_items, task_run_items
from runledger.store.runs.task_run_items import Stored
from tests.store.support.any_runs import (
    ANY_DURATION,
    FLOW_RUNS,
    LABELS,
    TAGS,
    TASK_RUNS,
    TEXTS,
    UTC_TIMES,
    maybe,
)

SHARDS = 2

Run = TypeVar("Run", TaskRun, FlowRun)


def carried(item: Item) -> dict[str, Any]:
    """Return an item as it comes back from DynamoDB."""
    return plain(typed(item))


@given(run=TASK_RUNS, subflow_runs=st.integers(0, 9))
def test_a_task_run_is_read_back_as_it_was(run: TaskRun, subflow_runs: int) -> None:
    stored = Stored(run, version=7, subflow_runs=subflow_runs)
    read = task_run_items.read_task_run(
        carried(task_run_items.task_run_item(stored, shards=SHARDS))
    )
    assert read == stored._replace(run=as_stored(run))
    assert spelled(read.run) == spelled(as_stored(run))


@given(run=FLOW_RUNS)
def test_a_flow_run_is_read_back_as_it_was(run: FlowRun) -> None:
    item = carried(flow_run_items.flow_run_item(run, version=7, shards=SHARDS))
    assert spelled(items.read_document(FlowRun, item)) == spelled(as_stored(run))


@given(run=TASK_RUNS, subflow_runs=st.integers(0, 9), total=ANY_DURATION)
def test_the_facts_of_a_task_run_are_those_of_its_document(
    run: TaskRun, subflow_runs: int, total: timedelta
) -> None:
    run = run.replace(total_run_time=total)
    item = carried(task_run_items.task_run_item(Stored(run, 1, subflow_runs), shards=SHARDS))
    facts = task_run_items.read_facts(item)
    assert_same(facts, task_run_items.read_task_run(item).run)
    assert facts.subflow_runs == subflow_runs


@given(run=FLOW_RUNS, total=ANY_DURATION)
def test_the_facts_of_a_flow_run_are_those_of_its_document(run: FlowRun, total: timedelta) -> None:
    run = run.replace(total_run_time=total)
    item = carried(flow_run_items.flow_run_item(run, version=7, shards=SHARDS))
    for entry in (item, indexed(item)):
        assert_same(flow_run_items.read_flow_run_facts(entry), items.read_document(FlowRun, item))


@pytest.mark.parametrize("facts", [TaskRunFacts, FlowRunFacts])
def test_facts_have_the_types_of_the_model(facts: type[RunFacts[Any]]) -> None:
    types = get_type_hints(facts)
    assert {name: types[name] for name in facts.names()} == {
        name: facts.model.model_fields[name].annotation for name in facts.names()
    }


@pytest.mark.parametrize("facts", [TaskRunFacts, FlowRunFacts])
def test_facts_of_any_length_stay_in_the_item(facts: type[RunFacts[Any]]) -> None:
    types = get_type_hints(facts)
    lengthy = (tuple[str, ...], str, str | None, dict[str, Any] | None)
    assert {name for name in facts.names() if types[name] in lengthy} <= UNDIVIDED


@given(
    flow=st.builds(
        Flow,
        id=st.uuids(),
        created=UTC_TIMES,
        updated=UTC_TIMES,
        name=TEXTS,
        tags=TAGS,
        labels=maybe(LABELS),
    )
)
def test_a_flow_is_read_back_as_it_was(flow: Flow) -> None:
    item = carried(flow_items.flow_item(flow, shards=SHARDS))
    assert spelled(items.read_document(Flow, item)) == spelled(flow)


def indexed(item: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of an index that carries the facts."""
    return {name: item[name] for name in ("facts", "subflow_runs") if name in item}


def assert_same(facts: RunFacts[Any], run: TaskRun | FlowRun) -> None:
    """Hold each field against the model's; a zone's name aside, a time is an instant."""
    assert {name: getattr(facts, name) for name in facts.names()} == {
        name: getattr(run, name) for name in facts.names()
    }
    assert facts.state_timestamp == (run.state and run.state.timestamp)


def as_stored(run: Run) -> Run:
    return in_utc(run).replace(state=run.state and run.state.as_stored())


def spelled(value: TaskRun | FlowRun | Flow) -> str:
    """Return the JSON that clients get, which tells 1 from 1.0 and from true."""
    return value.model_dump_json()
