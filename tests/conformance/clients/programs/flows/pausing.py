"""Pause a flow that another program resumes, then for an answer, then listen to what it sends."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import islice
from uuid import UUID

from prefect import flow, get_client
from prefect.exceptions import NotPausedError
from prefect.flow_runs import pause_flow_run, resume_flow_run
from prefect.input import receive_input, send_input
from prefect.input.actions import filter_flow_run_input
from prefect.runtime import flow_run
from pydantic import BaseModel

LONGEST = 60
PAUSE = 0.2


class Person(BaseModel):
    name: str
    age: int = 36


@flow(name="pausing")
def pausing() -> list[object]:
    other = subprocess.Popen([sys.executable, __file__, str(flow_run.get_id())])
    pause_flow_run(timeout=LONGEST, poll_interval=1)
    person = pause_flow_run(Person, timeout=LONGEST, poll_interval=1)
    greetings = receive_input(str, timeout=LONGEST, poll_interval=1)
    heard = list(islice(greetings, 2))
    assert other.wait(LONGEST) == 0
    return [person.name, person.age, heard]


def resume(run_id: UUID) -> None:
    """Be the other program."""
    wait_until(lambda: pauses(run_id) == 1)
    resume_flow_run(run_id)
    wait_until(lambda: filter_flow_run_input("paused-", flow_run_id=run_id))
    with_wrong_age = {"name": "Ada", "age": "old"}
    refused = refusal(run_id, run_input=with_wrong_age)
    assert "'old' is not of type 'integer'" in str(refused), refused
    resume_flow_run(run_id, run_input={"name": "Ada"})
    refused = refusal(run_id)
    assert isinstance(refused, NotPausedError), refused
    for greeting in ("hello", "world"):
        send_input(greeting, run_id)


def pauses(run_id: UUID) -> int:
    with get_client(sync_client=True) as client:
        return len(client.read_flow_run(run_id).empirical_policy.pause_keys or ())


def wait_until(is_so: Callable[[], object]) -> None:
    give_up = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < give_up, "it does not pause"
        time.sleep(PAUSE)


def refusal(run_id: UUID, **answer: object) -> Exception | None:
    try:
        resume_flow_run(run_id, **answer)
    except (NotPausedError, RuntimeError) as refused:
        return refused
    return None


if sys.argv[1:]:
    resume(UUID(sys.argv[1]))
else:
    print(json.dumps(pausing()))
