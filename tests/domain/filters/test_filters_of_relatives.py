"""Filters by a task run's flow run, flow and deployment, with the reference's oddities."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.deployments import DeploymentFilter
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.domain.filters.flows import FlowFilter
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import StateType
from tests.support.facts import flow_run_facts, task_run_facts

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
ID, OTHER = UUID(int=1), UUID(int=2)
TASK_RUN = task_run_facts(
    id=ID,
    created=NOW,
    name="task run",
    state_type=StateType.RUNNING,
    state_name="Running",
    state_timestamp=NOW,
    expected_start_time=NOW,
    flow_run_id=ID,
)


@dataclass(frozen=True)
class FakeDeployment:
    id: UUID = ID
    name: str = "nightly"
    tags: tuple[str, ...] = ()
    paused: bool = False
    work_queue_id: UUID | None = None
    work_queue_name: str | None = None


def flow_run(**fields: Any) -> FlowRunFacts:
    usual = {"id": ID, "created": NOW, "updated": NOW, "name": "flow run", "flow_id": ID}
    return flow_run_facts(FlowRun(**{**usual, **fields}))


def flow(name: str = "etl", **fields: Any) -> Flow:
    return Flow(id=ID, created=NOW, updated=NOW, name=name, **fields)


def of_flow_run(asked: dict[str, Any], **fields: Any) -> bool:
    return FlowRunFilter.model_validate(asked).matches(Ancestry(flow_run=flow_run(**fields)))


def of_deployment(asked: dict[str, Any], **fields: Any) -> bool:
    ancestry = Ancestry(deployment=FakeDeployment(**fields), deployment_flow=flow())
    return DeploymentFilter.model_validate(asked).matches(ancestry)


@pytest.mark.parametrize("relative", ["flow_runs", "flows", "deployments"])
def test_asking_about_a_relative_drops_runs_that_have_none(relative: str) -> None:
    assert not Criteria.model_validate({relative: {}}).matches(TASK_RUN)


@pytest.mark.parametrize(
    "ancestry",
    [
        Ancestry(flow=flow()),
        Ancestry(flow_run=flow_run()),
        Ancestry(flow_run=flow_run(deployment_id=OTHER), flow=flow()),
    ],
    ids=["no flow run", "no flow", "a deployment's id, but no deployment"],
)
def test_every_relative_that_is_asked_about_must_exist(ancestry: Ancestry) -> None:
    criteria = Criteria.model_validate({"flows": {}, "flow_runs": {}, "deployments": {}})
    assert not criteria.matches(TASK_RUN, ancestry)


@pytest.mark.parametrize(
    ("body", "needed"),
    [
        ({}, False),
        ({"task_runs": {"name": {}}, "flows": None}, False),
        ({"flows": {}}, True),
        ({"flow_runs": {}}, True),
        ({"deployments": {}}, True),
    ],
    ids=str,
)
def test_the_lineage_is_needed_when_a_relative_is_asked_about(
    body: dict[str, Any], *, needed: bool
) -> None:
    assert Criteria.model_validate(body).needs_ancestry is needed


def test_no_criteria_match_every_run() -> None:
    assert Criteria().matches(TASK_RUN)


@pytest.mark.parametrize("unmet", ["task_runs", "flow_runs"])
def test_the_filters_of_a_search_must_all_hold(unmet: str) -> None:
    asked: dict[str, Any] = {"task_runs": {}, "flow_runs": {}, unmet: {"id": {"any_": []}}}
    assert not Criteria.model_validate(asked).matches(TASK_RUN, Ancestry(flow_run=flow_run()))


@pytest.mark.parametrize(("key", "found"), [("k", False), ("other", True), (None, False)])
def test_not_any_drops_what_is_listed_and_what_is_null(key: str | None, *, found: bool) -> None:
    asked = {"idempotency_key": {"not_any_": ["k"]}}
    assert of_flow_run(asked, idempotency_key=key) is found


def test_an_empty_not_any_is_no_criterion() -> None:
    assert of_flow_run({"idempotency_key": {"not_any_": []}})


@pytest.mark.parametrize("operator", ["and_", "or_"])
@pytest.mark.parametrize("part", ["type", "name"])
@pytest.mark.parametrize(
    ("state", "found"), [("FAILED", True), ("CRASHED", False), ("RUNNING", False)]
)
def test_both_operators_of_a_state_count(
    part: str, operator: str, state: str, *, found: bool
) -> None:
    asked = {part: {"any_": ["FAILED", "CRASHED"], "not_any_": ["CRASHED"]}, "operator": operator}
    assert of_flow_run({"state": asked}, state_type=state, state_name=state) is found


@pytest.mark.parametrize("operator", ["any_", "not_any_"])
def test_a_flow_run_without_state_is_found_by_no_state(operator: str) -> None:
    assert not of_flow_run({"state": {"type": {operator: ["RUNNING"]}}})


# The reference compares the expected start where there is none yet, but calls that null.
@pytest.mark.parametrize(
    ("times", "found"),
    [
        ({"expected_start_time": NOW}, True),
        ({"expected_start_time": NOW, "start_time": NOW + HOUR}, False),
        ({"expected_start_time": NOW + HOUR, "start_time": NOW}, True),
        ({}, False),
    ],
    ids=str,
)
def test_a_flow_run_begins_when_it_started_or_else_when_it_should(
    times: dict[str, datetime], *, found: bool
) -> None:
    asked = {"before_": NOW.isoformat(), "after_": NOW.isoformat()}
    assert of_flow_run({"start_time": asked}, **times) is found


def test_a_flow_run_expected_to_start_has_no_start_time() -> None:
    assert of_flow_run({"start_time": {"is_null_": True}}, expected_start_time=NOW)


@pytest.mark.parametrize(("parent", "found"), [(ID, True), (OTHER, False), (None, False)])
def test_a_subflow_run_is_found_by_its_parents_flow_run(
    parent: UUID | None, *, found: bool
) -> None:
    asked = FlowRunFilter.model_validate({"parent_flow_run_id": {"any_": [ID]}})
    assert asked.matches(Ancestry(flow_run=flow_run(), parent_flow_run_id=parent)) is found


CREATOR = {"id": str(ID), "type": "DEPLOYMENT", "display_value": "d"}


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"id_": [str(ID)]}, (True, False)),
        ({"type_": ["DEPLOYMENT"]}, (True, False)),
        ({"type_": ["AUTOMATION"], "is_null_": True, "operator": "or_"}, (False, True)),
        ({"is_null_": False}, (True, False)),
    ],
    ids=str,
)
def test_a_flow_run_is_found_by_its_creator(
    asked: dict[str, Any], found: tuple[bool, bool]
) -> None:
    by = {"created_by": asked}
    assert (of_flow_run(by, created_by=CREATOR), of_flow_run(by)) == found


@pytest.mark.parametrize(("asked", "found"), [(["a", "x"], True), (["x"], False), ([], False)])
def test_any_of_the_tags_must_be_shared(asked: list[str], *, found: bool) -> None:
    assert of_flow_run({"tags": {"any_": asked}}, tags=("a", "b")) is found


@pytest.mark.parametrize("deployed", [True, False])
def test_a_flow_is_found_by_its_having_a_deployment(*, deployed: bool) -> None:
    asked = FlowFilter.model_validate({"deployment": {"is_null_": not deployed}})
    assert asked.matches(Ancestry(flow=flow(), flow_has_deployment=deployed))


@pytest.mark.parametrize(("pattern", "found"), [("NIGHT", True), ("etl", True), ("x", False)])
def test_a_deployment_is_found_by_its_name_or_its_flows(pattern: str, *, found: bool) -> None:
    assert of_deployment({"flow_or_deployment_name": {"like_": pattern}}) is found


@pytest.mark.parametrize("paused", [True, False])
def test_a_deployment_is_found_by_its_being_paused(*, paused: bool) -> None:
    assert of_deployment({"paused": {"eq_": paused}}, paused=paused)


def test_a_concurrency_limit_is_accepted_without_effect() -> None:
    assert of_deployment({"concurrency_limit": {"ge_": 5, "is_null_": True}})


# Other criteria are true when empty; this one is not even there.
def test_a_concurrency_limit_is_left_out_of_an_or() -> None:
    asked = {"concurrency_limit": {"ge_": 5}, "name": {"any_": ["x"]}, "operator": "or_"}
    assert not of_deployment(asked)
