"""Tasks that end otherwise than well: too late, as they say, undone, and with their program."""

import json
import os
import signal
import time
from collections.abc import Iterator

from prefect import allow_failure, flow, task
from prefect.states import Completed, Failed, State
from prefect.transactions import Transaction, transaction


@task(timeout_seconds=0.5)
def too_late() -> None:
    while True:
        time.sleep(0.05)


@task
def gives_up() -> State:
    return Failed(message="by itself")


@task
def special() -> State:
    return Completed(message="well", name="Special")


@task
def tolerant(failed: object) -> str:
    return type(failed).__name__


@task
def one_by_one() -> Iterator[int]:
    yield from (1, 2)


@task
def undone() -> int:
    return 1


@undone.on_rollback
def undo(_: Transaction) -> None: ...


@task
def undoing() -> None:
    raise ValueError("as it is told to")


@task
def interrupted() -> None:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(5)


@flow
def endings() -> None:
    too_late(return_state=True)
    special(return_state=True)
    assert tolerant.submit(allow_failure(gives_up.submit())).result()
    assert list(one_by_one()) == [1, 2]
    try:
        with transaction():
            undone()
            undoing()
    except ValueError:
        interrupted()


try:
    endings()
except KeyboardInterrupt:
    print(json.dumps("interrupted"))
