"""Stored runs give without the model what the model gives, byte for byte."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from runledger.api.responses import TaskRunResponse
from runledger.domain.runs.bookkeeping import as_of
from runledger.domain.runs.facts import RunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb.large_documents import DOCUMENT, assembled, divide
from runledger.store.dynamodb.writes import Item
from runledger.store.runs import flow_run_items, task_run_items
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import keys
from tests.store.support.any_runs import ANY_DURATION, FLOW_RUNS, TASK_RUNS, UTC_TIMES

RUNS = TASK_RUNS | FLOW_RUNS
NOW = datetime.fromisoformat("2026-11-29T08:00:00Z")
Fields = dict[str, Any]


def item_of(run: TaskRun | FlowRun) -> Item:
    if isinstance(run, TaskRun):
        return task_run_items.task_run_item(Stored(run, 1), shards=1)
    return flow_run_items.flow_run_item(run, version=1, shards=1)


def facts_in(item: Item) -> RunFacts[Any]:
    reader: dict[str, Callable[[Item], RunFacts[Any]]] = {
        keys.TASK_RUN: task_run_items.read_facts,
        keys.FLOW_RUN: flow_run_items.read_flow_run_facts,
    }
    return reader[item["sk"]](item)


def assert_same(facts: RunFacts[Any], text: str, now: datetime) -> None:
    """Hold the answer of a stored run against that of the model."""
    value: Any = facts.model.model_validate_json(text)
    assert to_json(facts.as_of(now)) == to_json(as_of(value, now))


@given(run=RUNS, total=ANY_DURATION, now=UTC_TIMES)
def test_a_run_is_answered_as_by_its_model(
    run: TaskRun | FlowRun, total: timedelta, now: datetime
) -> None:
    item = item_of(run.replace(total_run_time=total))
    assert_same(facts_in(item), item[DOCUMENT], now)


@given(run=RUNS)
def test_a_run_of_a_usual_duration_is_answered_without_its_model(run: TaskRun | FlowRun) -> None:
    assert facts_in(item_of(run)).document() is not None


@given(run=TASK_RUNS, now=UTC_TIMES)
def test_a_task_run_on_a_page_is_answered_as_by_its_model(run: TaskRun, now: datetime) -> None:
    item = item_of(run)
    value = as_of(TaskRun.model_validate_json(item[DOCUMENT]), now)
    fields = {name: getattr(value, name) for name in TaskRunResponse.model_fields}
    page = TaskRunResponse.of(task_run_items.read_facts(item).as_of(now))
    assert to_json(page) == to_json(TaskRunResponse.model_construct(None, **fields))


@given(run=RUNS, message=st.text(max_size=2), lines=st.integers(0, 1), now=UTC_TIMES)
def test_a_run_in_pieces_is_answered_as_by_its_model(
    run: TaskRun | FlowRun, message: str, lines: int, now: datetime
) -> None:
    assert run.state
    large = {"message": f"{message} 数" * 20_000, "data": ["x" * 50_000, {"é": 1e16}] * lines}
    item = item_of(run.replace(state=run.state.replace(**large)))
    small, pieces = divide(item)
    whole = assembled(small, {keys.of(piece): piece for piece in pieces})
    assert pieces
    assert whole
    assert facts_in(small).name == run.name
    read = type(facts_in(item))(items.read_fields(whole))
    assert_same(read, whole[DOCUMENT], now)
    assert_same(read, item[DOCUMENT], now)
