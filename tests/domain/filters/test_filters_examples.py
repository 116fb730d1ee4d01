"""The examples that were checked on the reference (docs/contract/filters.md 4)."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import StateType
from tests.support.facts import flow_run_facts, task_run_facts

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
STARTED = datetime(2026, 11, 22, 19, tzinfo=UTC)
SCHEDULED = datetime(2030, 1, 1, tzinfo=UTC)
FR1, FR2 = UUID(int=1), UUID(int=2)


def run(name: str, state: StateType, **facts: Any) -> TaskRunFacts:
    usual = {"state_name": state.title(), "expected_start_time": NOW, "state_timestamp": NOW}
    return task_run_facts(
        **{**usual, "id": UUID(int=99), "created": NOW, "name": name, "state_type": state, **facts}
    )


def flow_run(run_id: UUID, state: StateType) -> FlowRun:
    return FlowRun(id=run_id, created=NOW, updated=NOW, name="fr", flow_id=run_id, state_type=state)


def flow(flow_id: UUID) -> Flow:
    return Flow(id=flow_id, created=NOW, updated=NOW, name="f")


RUNS = (
    run("Alpha", StateType.RUNNING, tags=("a", "b"), flow_run_id=FR1, start_time=STARTED),
    run("alpha2", StateType.COMPLETED, tags=("a",), flow_run_id=FR2, start_time=NOW, end_time=NOW),
    run("be_ta", StateType.SCHEDULED, expected_start_time=SCHEDULED, subflow_runs=1),
    run("beXta%", StateType.FAILED, state_name="Boom", tags=("B", 'a"b'), start_time=NOW),
    run("AO", StateType.PENDING, tags=("a", "a")),
)
LINEAGES = {
    FR1: Ancestry(
        flow_run=flow_run_facts(flow_run(FR1, StateType.RUNNING)),
        flow=flow(FR1),
        deployment=SimpleNamespace(
            id=UUID(int=7), name="d", tags=(), paused=False, work_queue_name=None
        ),
        deployment_flow=flow(FR1),
        flow_has_deployment=True,
    ),
    FR2: Ancestry(flow_run=flow_run_facts(flow_run(FR2, StateType.COMPLETED)), flow=flow(FR2)),
}


def matching(body: dict[str, Any]) -> list[str]:
    criteria = Criteria.model_validate(body)
    return [
        facts.name
        for facts in RUNS
        if criteria.matches(facts, LINEAGES.get(facts.flow_run_id) if facts.flow_run_id else None)
    ]


ALL = ["Alpha", "alpha2", "be_ta", "beXta%", "AO"]
OF_TASK_RUNS: list[tuple[dict[str, Any], list[str]]] = [
    ({"name": {"any_": ["alpha"]}}, []),
    ({"name": {"like_": "ALPHA"}}, ["Alpha", "alpha2"]),
    ({"name": {"like_": "e_t"}}, ["be_ta", "beXta%"]),
    ({"name": {"like_": "%"}}, ALL),
    ({"name": {"any_": ["Alpha", "be_ta"], "like_": "alp"}}, ["Alpha"]),
    ({"tags": {"all_": ["a"]}}, ["Alpha", "alpha2", "AO"]),
    ({"tags": {"all_": ["b"]}}, ["Alpha"]),
    (
        {"tags": {"all_": ["a"], "is_null_": True, "operator": "or_"}},
        ["Alpha", "alpha2", "be_ta", "AO"],
    ),
    ({"state": {"type": {"any_": ["RUNNING"]}, "name": {"any_": ["Boom"]}}}, []),
    (
        {"state": {"type": {"any_": ["RUNNING"]}, "name": {"any_": ["Boom"]}, "operator": "or_"}},
        ["Alpha", "beXta%"],
    ),
    ({"operator": "or_", "name": {"any_": ["Alpha"]}, "tags": {}}, ALL),
    ({"flow_run_id": {}}, ["Alpha", "alpha2"]),
    (
        {"flow_run_id": {"any_": [str(FR1)], "is_null_": True, "operator": "or_"}},
        ["be_ta", "beXta%", "AO"],
    ),
    (
        {"start_time": {"after_": STARTED.isoformat(), "before_": STARTED.isoformat()}},
        ["Alpha"],
    ),
    ({"start_time": {"is_null_": True}}, ["be_ta", "AO"]),
    ({"subflow_runs": {"exists_": True}}, ["be_ta"]),
]
OF_RELATIVES: list[tuple[dict[str, Any], list[str]]] = [
    ({"flow_runs": {}}, ["Alpha", "alpha2"]),
    ({"flow_runs": {"id": {"not_any_": [str(FR1)]}}}, ["alpha2"]),
    (
        {"flow_runs": {"state": {"type": {"any_": ["RUNNING"], "not_any_": ["RUNNING"]}}}},
        [],
    ),
    ({"deployments": {}}, ["Alpha"]),
    ({"flows": {"deployment": {"is_null_": True}}}, ["alpha2"]),
]


@pytest.mark.parametrize(("asked", "names"), OF_TASK_RUNS, ids=str)
def test_a_task_run_filter_selects_what_the_reference_selected(
    asked: dict[str, Any], names: list[str]
) -> None:
    assert matching({"task_runs": asked}) == names


@pytest.mark.parametrize(("asked", "names"), OF_RELATIVES, ids=str)
def test_a_filter_of_relatives_selects_what_the_reference_selected(
    asked: dict[str, Any], names: list[str]
) -> None:
    assert matching(asked) == names
