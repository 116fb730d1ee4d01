"""Tables with much in them, what they answer, and moves from one to the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import EndpointConnectionError

from runledger import wiring
from runledger.store.schema.keys import Key
from runledger.store.stream_changes import IMPORTED
from tests.conftest import MANY_THREADS, api_client
from tests.store.support.contents import is_of_counter, scan
from tests.support import background
from tests.support.client_events import events
from tests.support.databases import DynamoDB
from tests.support.management import Management
from transfer.chosen_table import ChosenTable

NOUNS = ("task_runs", "flow_runs", "flows", "deployments")
# What depends on the time of the question.
OF_NOW = {"estimated_run_time", "estimated_start_time_delta", "next_page"}
MANY_TAGS = [f"tag {number}" for number in range(30)]
TYPES = ("PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED", "CRASHED")


def chosen(database: DynamoDB, shards: int = 2) -> ChosenTable:
    return ChosenTable(database.boto3, database.table, shards)


def populate(api: httpx.Client) -> None:
    """Make some of each noun, in many states."""
    flow = _make(api, "/flows/", name="etl")
    _make(api, "/deployments/", name="nightly", flow_id=flow)
    for number, state in enumerate(TYPES):
        run = _make(api, "/flow_runs/", flow_id=flow, name=f"run {number}", tags=["one", state])
        asked = {"state": {"type": state}, "force": True}
        for made in range(4):
            key = {"task_key": "task", "dynamic_key": str(made), "flow_run_id": run}
            tags = MANY_TAGS if made == 0 else ["one", f"tag {made}"]
            _make(api, "/task_runs/", **key, tags=tags, state={"type": state})
        _post(api, f"/flow_runs/{run}/set_state", asked)
        line = {"name": "n", "level": 20, "message": state, "timestamp": "2030-01-01T00:00:00Z"}
        _post(api, "/logs/", [line | {"flow_run_id": run}, line])
    for _ in range(3):
        background.delay(api)


def answers(api: httpx.Client) -> dict[str, Any]:
    """Return what lists, counts and pages say, by the question."""
    found = {
        f"{noun} {question} {wanted}": _post(api, f"/{noun}/{question}", wanted | sort)
        for noun in NOUNS
        for question in ("filter", "count", "paginate")
        for wanted in _criteria(noun)
        for sort in ({"sort": "NAME_ASC"} if question != "count" else {},)
    }
    for kind in ("/task_runs/", "/flow_runs/"):
        for run in _post(api, f"{kind}filter", {"limit": 200}):
            found[f"{kind}{run['id']}"] = api.get(f"{kind}{run['id']}").raise_for_status().json()
    for path in ("/logs/filter", "/concurrency_limits/filter", "/v2/concurrency_limits/filter"):
        found[path] = _post(api, path, {"limit": 200})
    found["events"] = _post(api, "/events/filter", {"limit": 50})
    found["observed"] = api.get("/observed-states").raise_for_status().json()
    return {question: _lasting(answer) for question, answer in found.items()}


def _criteria(noun: str) -> Iterator[dict[str, Any]]:
    yield {}
    yield {noun: {"name": {"like_": "e"}}}
    if noun in {"task_runs", "flow_runs"}:
        yield {noun: {"tags": {"all_": ["one"]}}}
        yield {noun: {"state": {"type": {"any_": ["COMPLETED", "SCHEDULED"]}}}}


def _lasting(answer: Any) -> Any:  # noqa: ANN401 JSON
    if isinstance(answer, list):
        return [_lasting(one) for one in answer]
    if isinstance(answer, dict):
        return {name: _lasting(one) for name, one in answer.items() if name not in OF_NOW}
    return answer


def moved(database: DynamoDB) -> dict[Key, dict[str, Any]]:
    """Return what is moved of a table, as it is."""
    found = scan(database).items()
    return {
        key: {name: value for name, value in item.items() if name != IMPORTED}
        for key, item in found
        if not is_of_counter(key)
    }


@contextmanager
def functions(
    database: DynamoDB, management: Management, shards: int = 2
) -> Iterator[httpx.Client]:
    """The functions on a table, with that many partitions of its index keys."""
    with (
        pytest.MonkeyPatch.context() as patch,
        api_client(database, management, patch) as client,
    ):
        patch.setenv("INDEX_SHARDS", str(shards))
        wiring.reset()
        yield client
    wiring.reset()


def _make(api: httpx.Client, path: str, **body: object) -> str:
    return str(_post(api, path, body)["id"])


def _post(api: httpx.Client, path: str, body: object) -> Any:  # noqa: ANN401 JSON
    answer = api.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


class Breaking:
    """A client that breaks off: its calls fail after some, and its scans have small pages."""

    def __init__(self, database: DynamoDB, shards: int = 2) -> None:
        client = boto3.client("dynamodb", endpoint_url=database.endpoint, config=MANY_THREADS)
        self.chosen = ChosenTable(client, database.table, shards)
        self.left = {"Scan": 10**9, "PutItem": 10**9}
        for operation in self.left:
            events(client).register(f"provide-client-params.dynamodb.{operation}", self._check)

    def _check(self, params: dict[str, Any], model: Any, **_: object) -> dict[str, Any]:  # noqa: ANN401 botocore's
        self.left[model.name] -= 1
        if self.left[model.name] < 0:
            raise EndpointConnectionError(endpoint_url="broken")
        return params | {"Limit": 7} if model.name == "Scan" else params
