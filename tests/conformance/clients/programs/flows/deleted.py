"""A flow that maps a task over some numbers, each for some seconds, and is deleted meanwhile."""

import sys
import time

from prefect import flow, task


@task
def lasting(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@flow
def deleted(tasks: int, seconds: float) -> None:
    lasting.map([seconds] * tasks).result()


name, tasks, seconds = sys.argv[1:]
deleted.with_options(name=name)(int(tasks), float(seconds))
