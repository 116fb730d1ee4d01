"""Refusals of filters: the expected errors are the reference's answers."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from runledger.domain.filters.criteria import Criteria

NO_MODEL = "Input should be a valid dictionary or object to extract fields from"
OPERATOR = "Input should be 'and_' or 'or_'"
TYPE = (
    "Input should be 'SCHEDULED', 'PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', "
    "'CRASHED', 'PAUSED' or 'CANCELLING'"
)
EXTRA = "Extra inputs are not permitted"

Error = tuple[str, str, str]
REFUSALS: list[tuple[dict[str, Any], list[Error]]] = [
    (
        {
            "task_runs": {
                "unknown": 1,
                "operator": None,
                "id": {"not_any_": [], "any_": ["x", 1]},
                "name": {"any_": "x", "like_": 5},
                "flow_run_id": {"operator": "nand"},
            }
        },
        [
            ("task_runs.operator", "enum", OPERATOR),
            (
                "task_runs.id.any_.0",
                "uuid_parsing",
                "Input should be a valid UUID, invalid character: found `x` at 0",
            ),
            (
                "task_runs.id.any_.1",
                "uuid_type",
                "UUID input should be a string, bytes or UUID object",
            ),
            ("task_runs.id.not_any_", "extra_forbidden", EXTRA),
            ("task_runs.name.any_", "list_type", "Input should be a valid list"),
            ("task_runs.name.like_", "string_type", "Input should be a valid string"),
            ("task_runs.flow_run_id.operator", "enum", OPERATOR),
            ("task_runs.unknown", "extra_forbidden", EXTRA),
        ],
    ),
    (
        {
            "task_runs": {
                "tags": {"any_": ["a"]},
                "state": {"type": {"any_": ["running"], "not_any_": []}, "name": 5},
                "start_time": {"before_": "x", "after_": True, "is_null_": "maybe"},
                "expected_start_time": {"is_null_": True},
                "subflow_runs": [],
            }
        },
        [
            ("task_runs.tags.any_", "extra_forbidden", EXTRA),
            ("task_runs.state.type.any_.0", "enum", TYPE),
            ("task_runs.state.type.not_any_", "extra_forbidden", EXTRA),
            ("task_runs.state.name", "model_attributes_type", NO_MODEL),
            (
                "task_runs.start_time.before_",
                "value_error",
                "Value error, Unable to parse string [x]",
            ),
            ("task_runs.start_time.after_", "value_error", "value is not a valid datetime"),
            (
                "task_runs.start_time.is_null_",
                "bool_parsing",
                "Input should be a valid boolean, unable to interpret input",
            ),
            ("task_runs.expected_start_time.is_null_", "extra_forbidden", EXTRA),
            ("task_runs.subflow_runs", "model_attributes_type", NO_MODEL),
        ],
    ),
    (
        {
            "task_runs": "x",
            "deployments": {
                "tags": {"any_": [None]},
                "paused": {"eq_": []},
                "concurrency_limit": {"ge_": "x", "le_": 1.5, "operator": "and_"},
            },
            "flow_runs": {"created_by": {"id_": ["x"]}, "flow_version": {"like_": "x"}},
            "flows": {"deployment": {"any_": []}, "state": {}},
        },
        [
            ("flows.deployment.any_", "extra_forbidden", EXTRA),
            ("flows.state", "extra_forbidden", EXTRA),
            ("flow_runs.flow_version.like_", "extra_forbidden", EXTRA),
            (
                "flow_runs.created_by.id_.0",
                "uuid_parsing",
                "Input should be a valid UUID, invalid character: found `x` at 0",
            ),
            ("task_runs", "model_attributes_type", NO_MODEL),
            ("deployments.paused.eq_", "bool_type", "Input should be a valid boolean"),
            ("deployments.tags.any_.0", "string_type", "Input should be a valid string"),
            (
                "deployments.concurrency_limit.ge_",
                "int_parsing",
                "Input should be a valid integer, unable to parse string as an integer",
            ),
            (
                "deployments.concurrency_limit.le_",
                "int_from_float",
                "Input should be a valid integer, got a number with a fractional part",
            ),
            ("deployments.concurrency_limit.operator", "extra_forbidden", EXTRA),
        ],
    ),
]


def read(body: dict[str, Any]) -> Criteria:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    return Criteria.model_validate(body, from_attributes=True, context={"now": now})


@pytest.mark.parametrize(("body", "errors"), REFUSALS)
def test_a_malformed_filter_is_refused_in_the_references_words(
    body: dict[str, Any], errors: list[Error]
) -> None:
    with pytest.raises(ValidationError) as refusal:
        read(body)
    actual = [(error["loc"], error["type"], error["msg"]) for error in refusal.value.errors()]
    assert [(".".join(map(str, loc)), *rest) for loc, *rest in actual] == errors


COMBINED = {
    "flows": ["deployment", "tags"],
    "flow_runs": [
        "tags",
        "deployment_id",
        "work_queue_name",
        "state",
        "parent_flow_run_id",
        "parent_task_run_id",
        "created_by",
    ],
    "task_runs": ["tags", "state", "flow_run_id"],
    "deployments": ["tags"],
}
PLAIN = {
    "flows": ["id", "name"],
    "flow_runs": [
        "id",
        "name",
        "flow_version",
        "start_time",
        "end_time",
        "expected_start_time",
        "next_scheduled_start_time",
        "idempotency_key",
    ],
    "task_runs": ["id", "name", "start_time", "end_time", "expected_start_time", "subflow_runs"],
    "deployments": [
        "id",
        "name",
        "flow_or_deployment_name",
        "paused",
        "work_queue_name",
        "concurrency_limit",
    ],
}


def paths(fields: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(kind, field) for kind, names in fields.items() for field in names]


@pytest.mark.parametrize(("kind", "field"), paths(COMBINED))
def test_a_combined_criterion_takes_an_operator(kind: str, field: str) -> None:
    assert read({kind: {field: {"operator": "or_"}}}).model_fields_set == {kind}


@pytest.mark.parametrize(("kind", "field"), paths(PLAIN))
def test_any_other_criterion_refuses_an_operator(kind: str, field: str) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        read({kind: {field: {"operator": "or_"}}})


@pytest.mark.parametrize("empty", [None, {}], ids=str)
@pytest.mark.parametrize(("kind", "field"), paths(COMBINED) + paths(PLAIN))
def test_a_criterion_may_be_null_or_empty(
    kind: str, field: str, empty: dict[str, Any] | None
) -> None:
    assert read({kind: {field: empty}}).model_fields_set == {kind}


def test_keys_beside_the_four_filters_are_ignored() -> None:
    assert read({"work_pools": {"name": 5}}) == Criteria()
