"""Tasks that take numbers or the results of others, or only wait for them; runs with names."""

import json

from prefect import flow, task


@task(task_run_name="make-{x}")
def make(x: int) -> int:
    return x


@task
def combine(left: int, both: list[int], right: int = 0) -> int:
    return left + sum(both) + right


@task
def afterwards(whose: str) -> str:
    return f"done for {whose}"


@flow(flow_run_name="inputs of {owner}")
def inputs(owner: str, numbers: list[int], more: int = 3) -> str:
    one, two = make.submit(numbers[0]), make.submit(numbers[1])
    total = combine.submit(one, [one, two], right=more)
    return afterwards.submit(owner, wait_for=[total, two]).result()


print(json.dumps(inputs("somebody", numbers=[1, 2])))
