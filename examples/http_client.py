"""Create a task run, take it through its states, and read it: by HTTP, without Prefect.

    python http_client.py

It needs the standard library only. As for Prefect, PREFECT_API_URL says where the API is, and
PREFECT_API_AUTH_STRING holds its password.
"""

import base64
import json
import os
import urllib.request
import uuid
from typing import Any

URL = os.environ.get("PREFECT_API_URL", "http://127.0.0.1:4200/api")
AUTH = os.environ.get("PREFECT_API_AUTH_STRING", "")
SECONDS = 30


def call(method: str, path: str, body: object = None) -> tuple[int, Any]:
    """Return the status and the JSON of an answer. A status of 400 and more raises HTTPError."""
    headers = {"Content-Type": "application/json"}
    if AUTH:
        headers["Authorization"] = f"Basic {base64.b64encode(AUTH.encode()).decode()}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(URL + path, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:
        return answer.status, json.loads(answer.read() or "null")


def propose(run_id: str, **state: object) -> None:
    """Propose a state and print the answer: ACCEPT, or REJECT, WAIT or ABORT with a reason."""
    _, outcome = call("POST", f"/task_runs/{run_id}/set_state", {"state": state})
    print(f"{state['type']}: {outcome['status']} {outcome['details'].get('reason', '')}".rstrip())


def main() -> None:
    # The two keys are the run's identity: created again, it is the same run (200 instead of 201).
    wanted = {
        "task_key": "extract",
        "dynamic_key": str(uuid.uuid4()),
        "name": "extract orders",
        "tags": ["orders"],
        "empirical_policy": {"retries": 1, "retry_delay": 0},
    }
    created, run = call("POST", "/task_runs/", wanted)
    again, same = call("POST", "/task_runs/", wanted)
    print(f"created: {created}, again: {again}, the same run: {run['id'] == same['id']}")

    propose(run["id"], type="RUNNING")
    propose(run["id"], type="FAILED", message="the shop does not answer")  # it has a retry left
    propose(run["id"], type="RUNNING")
    propose(run["id"], type="COMPLETED", message="3 orders")

    _, run = call("GET", f"/task_runs/{run['id']}")
    _, states = call("GET", f"/task_run_states/?task_run_id={run['id']}")
    print(f"{run['name']}: {run['state_name']} in attempt {run['run_count']}")
    print("states:", ", ".join(state["name"] for state in states))

    _, count = call("POST", "/task_runs/count", {"task_runs": {"id": {"any_": [run["id"]]}}})
    print(f"found by its id: {count}")


if __name__ == "__main__":
    main()
