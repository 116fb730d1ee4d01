"""Tasks outside of any flow, one of which fails."""

import json

from prefect import tags, task


@task(tags=["alone"])
def alone(x: int) -> int:
    return x + 1


@task(retries=1)
def alone_and_failing() -> None:
    raise ValueError("as it is told to")


with tags("outside"):
    failed = alone_and_failing(return_state=True)
    assert failed.is_failed(), failed
    print(json.dumps(alone(alone(1))))
