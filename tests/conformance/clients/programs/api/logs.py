"""Log from a flow and from two tasks of it."""

import json

from prefect import flow, get_run_logger, task


@task
def first() -> None:
    for number in range(3):
        get_run_logger().info("first says %s", number)


@task
def other() -> None:
    get_run_logger().warning("a warning, with ünïcode")
    print("printed")


@flow(log_prints=True)
def logging_flow() -> None:
    get_run_logger().info("the flow begins")
    first()
    other()
    get_run_logger().error("the flow ends")


logging_flow()
print(json.dumps(None))
