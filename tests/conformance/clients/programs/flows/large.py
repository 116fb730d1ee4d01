"""A flow of large parameters, whose tasks have thousands of upstream runs and large messages."""

import json
from typing import Any
from uuid import uuid4

from prefect import flow, task
from prefect.client.schemas.objects import State, StateDetails, StateType

TEXT = "数据" * 40_000
UPSTREAM = 6_000


@task
def fails() -> None:
    raise ValueError(TEXT)


@task
def gathers(results: list[Any]) -> int:
    return len(results)


def result() -> State[int]:
    """Return the result of another task run."""
    return State(type=StateType.COMPLETED, data=1, state_details=StateDetails(task_run_id=uuid4()))


@flow
def large(text: str) -> None:
    fails(return_state=True)
    gathers([result() for _ in range(UPSTREAM)])
    raise ValueError(text)


state = large(TEXT, return_state=True)
print(json.dumps([state.name, state.message]))
