"""A task whose result is kept for who asks the same: run again, this finds it."""

import json

from prefect import flow, task
from prefect.cache_policies import INPUTS
from prefect.runtime import flow_run


@task(cache_policy=INPUTS, persist_result=True, version="1")
def expensive(x: int) -> str:
    return f"{x} by {flow_run.get_id()}"


@flow(persist_result=True)
def caching() -> str:
    return expensive(1)


print(json.dumps(caching()))
