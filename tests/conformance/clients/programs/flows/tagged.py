"""A flow that maps a task of limited tags over more than there are slots."""

import json
import threading
import time

from prefect import flow, get_client, task

SLOTS, RUNS = 2, 6
lock = threading.Lock()
running: list[int] = []
most: list[int] = []


@task(tags=["narrow"])
def narrow(x: int) -> int:
    with lock:
        running.append(x)
        most.append(len(running))
    time.sleep(0.5)
    with lock:
        running.remove(x)
    return x


@flow
def tagged() -> int:
    narrow.map(range(RUNS)).result()
    return max(most)


with get_client(sync_client=True) as client:
    client.create_concurrency_limit("narrow", SLOTS)
print(json.dumps(tagged()))
