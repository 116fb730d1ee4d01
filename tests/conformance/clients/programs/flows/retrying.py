"""A flow that succeeds when it is tried again, and in it tasks that do."""

import json
from collections import Counter

from prefect import flow, task

tries: Counter[str] = Counter()


def stumble(what: str, times: int) -> int:
    tries[what] += 1
    if tries[what] <= times:
        raise ValueError(f"{what}, time {tries[what]}")
    return tries[what]


@task(retries=2, retry_delay_seconds=[0.5, 1])
def twice_wrong() -> int:
    return stumble("task", 2)


@task(retries=1)
def hopeless() -> None:
    raise ValueError("each time")


@flow(retries=1, retry_delay_seconds=2)
def retrying() -> int:
    if tries["flow"] == 0:
        assert twice_wrong() == 3
        assert hopeless(return_state=True).is_failed()
    return stumble("flow", 1)


print(json.dumps(retrying()))
