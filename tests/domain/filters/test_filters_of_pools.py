"""Filters by work pools, their queues and workers, and of automations."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from runledger.domain.filters.ancestry import Ancestry, WorkQueueIds
from runledger.domain.filters.automations import AutomationFilter
from runledger.domain.filters.work_pools import WorkQueueFilter
from runledger.domain.orchestration.clients import ClientVersions
from runledger.domain.runs.facts import FlowRunFacts

QUEUE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ({"startswith_": ["etl"]}, [True, False]),
        ({"startswith_": ["x", "nightly"]}, [False, True]),
        ({"any_": ["nightly"]}, [False, True]),
        ({"any_": ["nightly"], "startswith_": []}, [False, True]),
        ({"startswith_": []}, [True, True]),
    ],
)
def test_queues_are_found_by_how_their_names_begin(
    name: dict[str, Any], matches: list[bool]
) -> None:
    test = WorkQueueFilter.model_validate({"name": name}).test
    named = [SimpleNamespace(name="etl-1"), SimpleNamespace(name="nightly")]
    assert [test(one) for one in named] == matches


@pytest.mark.parametrize(
    ("name", "matches"), [({}, True), ({"startswith_": []}, False), ({"any_": []}, False)]
)
def test_no_beginnings_are_no_criterion(*, name: dict[str, Any], matches: bool) -> None:
    """Others that are empty match everything, or nothing, beside one that does not match."""
    wanted = {"name": name, "id": {"any_": [str(OTHER)]}, "operator": "or_"}
    one = SimpleNamespace(name="etl-1", id=QUEUE)
    assert WorkQueueFilter.model_validate(wanted).test(one) == matches


@pytest.mark.parametrize(("queue", "matches"), [(QUEUE, True), (OTHER, False), (None, False)])
def test_a_run_is_in_the_queue_that_it_waits_in(*, queue: UUID | None, matches: bool) -> None:
    run = FlowRunFacts({"work_queue_id": str(queue)} if queue else {})
    wanted = WorkQueueIds(ids=frozenset({QUEUE}))
    assert wanted.matches(Ancestry(flow_run=run)) == matches
    assert not wanted.matches(Ancestry())


def test_a_filter_of_automations_is_checked() -> None:
    assert AutomationFilter.model_validate({"name": {"any_": ["a"]}}).name
    with pytest.raises(ValidationError):
        AutomationFilter.model_validate({"created": {"before_": "soon"}})


def test_of_a_client_that_tells_nothing_no_version_is_known() -> None:
    assert ClientVersions() == (None, None)
