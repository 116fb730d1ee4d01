"""Rules of artifacts' keys and metadata, and of their filters."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from runledger.domain.artifacts import (
    Artifact,
    ArtifactCollection,
    ArtifactKey,
    Metadata,
    of_result,
)
from runledger.domain.errors import Conflict
from runledger.domain.filters.artifacts import ArtifactFilter
from runledger.domain.runs.bookkeeping import TICK
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.runs.task_runs import TaskRun

THEN = datetime(2026, 1, 1, tzinfo=UTC)


def artifact(number: int, **fields: Any) -> Artifact:
    return Artifact(id=UUID(int=number), created=THEN, updated=THEN, **fields)


@pytest.mark.parametrize("key", ["", "a-1", "a\n"])
def test_a_key_of_small_letters_digits_and_dashes_is_one(key: str) -> None:
    assert TypeAdapter[str](ArtifactKey).validate_python(key) == key


@pytest.mark.parametrize("key", ["A", "a_b", "é"])
def test_another_key_is_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter[str](ArtifactKey).validate_python(key)


def test_long_metadata_are_shortened() -> None:
    given = {"long": "x" * 501, "short": "x" * 500}
    shortened = TypeAdapter[dict[str, str]](Metadata).validate_python(given)
    assert shortened == {"long": "x" * 500 + "...", "short": "x" * 500}


@pytest.mark.parametrize(
    ("criteria", "matches"),
    [
        ({"key": {"like_": "a"}}, [True, False]),
        ({"key": {"exists_": False}}, [False, True]),
        ({"key": {"exists_": True}}, [True, False]),
        ({"type": {"not_any_": ["x"]}}, [False, False]),
    ],
)
def test_artifacts_without_a_key_match_no_text(
    criteria: dict[str, Any], matches: list[bool]
) -> None:
    test = ArtifactFilter.model_validate(criteria).test
    assert [test(artifact(1, key="A")), test(artifact(2))] == matches


def test_a_collection_shows_its_latest_artifact() -> None:
    first, second = artifact(1, key="k", data=1), artifact(2, key="k", data=2)
    collection = ArtifactCollection.of(first, "k", UUID(int=9), THEN).with_latest(second)
    assert collection.latest_id == second.id
    assert collection.as_artifact() == second.replace(id=UUID(int=9))


ID, RUN, PARENT = UUID(int=1), UUID(int=2), UUID(int=3)


def completed(data: object) -> State:
    return State(id=UUID(int=4), type=StateType.COMPLETED, name="x", timestamp=THEN, data=data)


def task_run(data: object) -> TaskRun:
    fields = {"id": RUN, "created": THEN, "updated": THEN, "name": "n", "task_key": "t"}
    state = completed(data)
    return TaskRun.model_validate({**fields, "dynamic_key": "0", "flow_run_id": PARENT}).replace(
        state=state
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("text", {"data": "text"}),
        (0, {"data": 0}),
        ({"a": 1, "artifact_key": "k"}, {"data": {"a": 1}, "key": "k"}),
        ({"artifact_type": "t", "artifact_key": ""}, {"data": {}, "type": "t"}),
        ({"artifact_description": "d"}, {"data": {}, "description": "d"}),
    ],
    ids=str,
)
def test_the_artifact_of_a_result_has_what_its_data_say_of_it(
    data: object, expected: dict[str, Any]
) -> None:
    found = of_result(ID, task_run(data))
    assert found == artifact(1, flow_run_id=PARENT, task_run_id=RUN, **expected)


def test_the_artifact_of_a_flow_runs_result_is_of_no_task_run() -> None:
    fields = {"id": RUN, "created": THEN, "updated": THEN, "name": "n", "flow_id": PARENT}
    run = FlowRun.model_validate(fields).replace(state=completed(1))
    assert of_result(ID, run) == artifact(1, flow_run_id=RUN, data=1)


def test_the_artifact_of_a_copied_state_comes_after_the_first() -> None:
    run = task_run(1)
    details = StateDetails(child_flow_run_id=RUN)
    found = of_result(ID, run.replace(state=completed(1).replace(state_details=details)))
    assert found.created == found.updated == of_result(ID, run).created + TICK


def test_an_artifact_is_described_by_texts() -> None:
    with pytest.raises(Conflict, match="artifact_key and artifact_type must be texts"):
        of_result(ID, task_run({"artifact_key": 5, "artifact_type": "t"}))


@pytest.mark.parametrize(
    ("data", "stored"),
    [
        ({"type": "unpersisted", "artifact_key": "k"}, None),
        ({"artifact_key": "k", "b": 1, "a": 2}, {"b": 1, "a": 2}),
        ({"b": 1}, {"b": 1}),
        ([1], [1]),
    ],
    ids=str,
)
def test_a_state_is_stored_without_what_its_artifact_has(data: object, stored: object) -> None:
    assert completed(data).as_stored() == completed(stored)
