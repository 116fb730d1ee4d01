"""Flows in flows: the middle one calls an inner one that succeeds, and one that fails."""

import json

from prefect import flow, task


@task
def square(x: int) -> int:
    return x * x


@flow
def nested_inner(x: int) -> int:
    return square(x)


@flow
def nested_failing() -> None:
    raise ValueError("as it is told to")


@flow
def nested_middle(x: int) -> int:
    failed = nested_failing(return_state=True)
    assert failed.is_failed(), failed
    return nested_inner(x) + 1


@flow
def nested_outer() -> int:
    return nested_middle(3) + square(2)


print(json.dumps(nested_outer()))
