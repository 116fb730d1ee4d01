"""Serve a flow by its name, as a deployment of another name, by schedules if any are told."""

import sys
import time

from prefect import flow, task
from prefect.flow_runs import suspend_flow_run


@task
def double(x: int) -> int:
    return 2 * x


@task
def rest(seconds: float) -> None:
    time.sleep(seconds)


@flow(log_prints=True)
def sum_up(x: int, y: int = 2) -> int:
    print(f"the sum of {x} and {y}")
    return double(x) + y


@flow
def nap(seconds: float) -> None:
    rest(seconds)


@flow
def sleep(seconds: float) -> None:
    nap(seconds)


@flow(persist_result=True)
def ask() -> int:
    known = double(1)
    told = suspend_flow_run(int, timeout=600)
    return double(known + told)


if __name__ == "__main__":
    name, deployment, *crons = sys.argv[1:]
    {"sum_up": sum_up, "sleep": sleep, "ask": ask}[name].serve(
        name=deployment, tags=["served"], cron=crons or None
    )
