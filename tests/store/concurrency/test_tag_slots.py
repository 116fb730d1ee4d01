"""However many runs want the slots of a tag, no more hold one than its limit allows."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import httpx

LIMIT = 5
CLIENTS = 50

# Seconds that each run works, so that runs that hold slots do so at the same time.
WORK = 0.05


class Room:
    """The number of those inside: now, and at most."""

    def __init__(self) -> None:
        self.inside = self.most = 0
        self._lock = Lock()

    def enter(self) -> None:
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def leave(self) -> None:
        with self._lock:
            self.inside -= 1


def propose(api: httpx.Client, run: str, state: str) -> str:
    answer = api.post(f"/task_runs/{run}/set_state", json={"state": {"type": state}})
    # A client repeats what is answered with 503, as it does after a WAIT.
    return str(answer.json()["status"]) if answer.status_code != 503 else "WAIT"


def run_through(api: httpx.Client, run: str, room: Room) -> None:
    while propose(api, run, "RUNNING") != "ACCEPT":
        pass
    room.enter()
    time.sleep(WORK)
    room.leave()
    while propose(api, run, "COMPLETED") != "ACCEPT":
        pass


def test_fifty_runs_share_five_slots_and_leave_none_taken(api_on_dynoxide: httpx.Client) -> None:
    api, room = api_on_dynoxide, Room()
    api.post("/concurrency_limits/", json={"tag": "few", "concurrency_limit": LIMIT})
    runs = [
        api.post(
            "/task_runs/", json={"task_key": "t", "dynamic_key": str(number), "tags": ["few"]}
        ).json()["id"]
        for number in range(CLIENTS)
    ]

    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda run: run_through(api, run, room), runs))

    assert 1 < room.most <= LIMIT
    assert api.get("/concurrency_limits/tag/few").json()["active_slots"] == []
    states = [api.get(f"/task_runs/{run}").json()["state_type"] for run in runs]
    assert set(states) == {"COMPLETED"}
