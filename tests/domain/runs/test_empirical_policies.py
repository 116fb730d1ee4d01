"""The policies of runs as clients send them."""

from typing import Any

import pytest
from pydantic import ValidationError

from runledger.domain.runs.empirical_policies import MAX_RETRY_DELAYS, FlowRunPolicy, TaskRunPolicy


@pytest.mark.parametrize(
    ("given", "retries", "delay"),
    [
        ({"max_retries": 2, "retry_delay_seconds": 5}, 2, 5),
        ({"max_retries": 2, "retries": 3, "retry_delay": 1, "retry_delay_seconds": 5}, 3, 1),
        ({"max_retries": 0, "retries": 0}, 0, None),
    ],
)
@pytest.mark.parametrize("kind", [TaskRunPolicy, FlowRunPolicy])
def test_a_deprecated_key_sets_its_successor_where_that_says_nothing(
    kind: type[TaskRunPolicy | FlowRunPolicy],
    given: dict[str, Any],
    retries: int,
    delay: int | None,
) -> None:
    policy = kind.model_validate(dict(given))
    assert (policy.retries, policy.retry_delay) == (retries, delay)


def test_what_is_no_object_is_no_policy() -> None:
    with pytest.raises(ValidationError, match="valid dictionary"):
        TaskRunPolicy.model_validate(5)


def test_a_task_run_has_so_many_delays() -> None:
    assert TaskRunPolicy(retry_delay=[1] * MAX_RETRY_DELAYS).retry_delay == [1] * MAX_RETRY_DELAYS
    with pytest.raises(ValidationError, match="more than 50 retry delays per task"):
        TaskRunPolicy(retry_delay=[1] * (MAX_RETRY_DELAYS + 1))


def test_no_jitter_is_negative() -> None:
    assert TaskRunPolicy(retry_jitter_factor=0).retry_jitter_factor == 0
    with pytest.raises(ValidationError, match="must be >= 0"):
        TaskRunPolicy(retry_jitter_factor=-0.1)
