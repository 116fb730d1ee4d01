"""Documents larger than an item are stored and read, and every run takes its last state."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from runledger import wiring
from runledger.store.items import MAX_FACTS, MAX_STATE_NAME
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from tests.functions.conventions.large import KB, MAX_PARAMETERS, each_size, read, text
from tests.reporting.building import JSON
from tests.store.support.asking import Asked, ask, made, new_flow, new_flow_run, new_task_run
from tests.store.support.calls import heard
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB


def propose(api: httpx.Client, path: str, **state: object) -> httpx.Response:
    return api.post(f"{path}/set_state", json={"state": state})


def pieces(database: DynamoDB) -> set[object]:
    return {key for key in scan(database) if key.sk.startswith(keys.DOCUMENT_PIECE)}


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    """One engine tells what is too large as well as two."""
    return api_on_dynoxide


@pytest.fixture
def dynamodb(on_dynoxide: DynamoDB) -> DynamoDB:
    return on_dynoxide


@pytest.fixture
def flow(api: httpx.Client) -> str:
    return str(made(api, new_flow())["id"])


@each_size
@pytest.mark.parametrize("field", ["parameters", "context", "labels", "job_variables"])
def test_a_flow_run_of_any_size_is_read_back(
    api: httpx.Client, flow: str, field: str, size: int
) -> None:
    size = min(size, MAX_PARAMETERS) if field == "parameters" else size
    given = {"x": text(size), "y": "数据"}
    run = made(api, new_flow_run(flow, **{field: given}))
    assert run[field].items() >= given.items()
    assert read(api, f"/flow_runs/{run['id']}")[field].items() >= given.items()
    (found,) = ask(api, Asked("POST", "/flow_runs/filter", {})).json()
    assert found[field].items() >= given.items()


@each_size
@pytest.mark.parametrize("field", ["task_inputs", "message", "data"])
def test_a_task_run_of_any_size_is_read_back(api: httpx.Client, field: str, size: int) -> None:
    state: JSON = {"type": "RUNNING"}
    given: Any = text(size)
    fields: JSON = {}
    if field in {"message", "data"}:
        state[field] = given
    else:
        fields[field] = given = {"x": [{"input_type": "parameter", "name": given}]}
    run = made(api, new_task_run(state=state, **fields))
    for found in (
        read(api, f"/task_runs/{run['id']}"),
        *ask(api, Asked("POST", "/task_runs/filter", {})).json(),
        ask(api, Asked("POST", "/task_runs/paginate", {})).json()["results"][0],
    ):
        assert (found["state"] if field in state else found)[field] == given


@pytest.mark.parametrize("sizes", [(250, 250), (250, 60), (500, 2_000), (20, 5_000)])
@pytest.mark.parametrize("last", ["COMPLETED", "FAILED", "CRASHED", "CANCELLED"])
def test_a_flow_run_that_was_accepted_takes_its_last_state(
    api: httpx.Client, flow: str, last: str, sizes: tuple[int, int]
) -> None:
    given, said = (text(size * KB) for size in sizes)
    run = f"/flow_runs/{made(api, new_flow_run(flow, parameters={'x': given}))['id']}"
    assert propose(api, run, type="RUNNING").status_code == 201
    assert propose(api, run, type=last, message=said).json()["status"] == "ACCEPT"
    found = read(api, run)
    assert (found["state_type"], found["state"]["message"]) == (last, said)
    assert found["parameters"] == {"x": given}


@pytest.mark.parametrize("size", [60, 250, 1_500])
def test_a_task_run_that_was_accepted_takes_every_state(api: httpx.Client, size: int) -> None:
    inputs = {"x": [{"input_type": "parameter", "name": text(300 * KB)}]}
    labels = {"x": text(60 * KB)}
    run = made(api, new_task_run(task_inputs=inputs, labels=labels, tags=["数据"]))
    path = f"/task_runs/{run['id']}"
    said = [text(size * KB + number) for number in range(3)]
    for kind, message in zip(["PENDING", "RUNNING", "FAILED"], said, strict=True):
        assert propose(api, path, type=kind, message=message).json()["status"] == "ACCEPT"
    found = read(api, path)
    assert found["task_inputs"] == inputs
    stored = TaskRunStore.of(wiring.store()).read(UUID(run["id"]))
    assert stored
    assert stored.run.labels == labels
    states = read(api, f"/task_run_states/?task_run_id={run['id']}")
    assert [state["message"] for state in states[-3:]] == said
    assert read(api, f"/task_run_states/{states[-1]['id']}")["message"] == said[-1]


def test_a_run_of_the_longest_name_and_tags_takes_a_state_of_the_longest_name(
    api: httpx.Client,
) -> None:
    tags = [text(MAX_FACTS // 2), text(MAX_FACTS // 2 - 5 * KB)]
    run = made(api, new_task_run(tags=tags, name="数" * 100))
    answer = propose(api, f"/task_runs/{run['id']}", type="FAILED", name="x" * (MAX_STATE_NAME - 2))
    assert answer.json()["status"] == "ACCEPT"


@pytest.mark.parametrize("field", ["name", "tags"])
def test_what_no_index_takes_is_refused_in_words_of_ours(
    api: httpx.Client, dynamodb: DynamoDB, flow: str, field: str
) -> None:
    before = scan(dynamodb)
    long = "数" * 200 * KB
    fields = {field: [long] if field == "tags" else long}
    for asked in (new_task_run(**fields), new_flow_run(flow, **fields)):
        answer = ask(api, asked)
        assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
        assert "shorten them" in answer.json()["detail"]
    assert scan(dynamodb) == before


def test_a_state_of_too_long_a_name_is_refused_and_the_run_stays(
    api: httpx.Client, dynamodb: DynamoDB
) -> None:
    run = made(api, new_task_run())
    before = scan(dynamodb)
    answer = propose(api, f"/task_runs/{run['id']}", type="FAILED", name="x" * MAX_STATE_NAME)
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert answer.json() == {
        "detail": "The name of a state takes at most 20,000 bytes: shorten it."
    }
    assert scan(dynamodb) == before


@each_size
def test_deployments_and_inputs_of_any_size_are_read_back(
    api: httpx.Client, flow: str, size: int
) -> None:
    given = {"x": text(min(size, MAX_PARAMETERS))}
    schema = {"type": "object", "properties": {}, "description": text(size)}
    fields = {"parameters": given, "parameter_openapi_schema": schema, "description": text(50 * KB)}
    asked = {"name": "d", "flow_id": flow, **fields}
    deployment = made(api, Asked("POST", "/deployments/", asked))
    found = read(api, f"/deployments/{deployment['id']}")
    assert {name: found[name] for name in fields} == fields
    run = made(api, Asked("POST", f"/deployments/{deployment['id']}/create_flow_run", {}))
    assert run["parameters"] == given
    path = f"/flow_runs/{run['id']}/input"
    value = json.dumps(given)
    ask(api, Asked("POST", path, {"key": "k", "value": value})).raise_for_status()
    assert read(api, f"{path}/k") == given
    (one,) = ask(api, Asked("POST", f"{path}/filter", {"prefix": "k"})).json()
    assert one["value"] == value


def test_a_flow_whose_labels_shrink_has_no_pieces_any_more(
    api: httpx.Client, dynamodb: DynamoDB
) -> None:
    """Earlier pieces do not return over later values."""
    flow = made(api, Asked("POST", "/flows/", {"name": "f", "labels": {"x": text(100 * KB)}}))
    path = f"/flows/{flow['id']}"
    assert read(api, path)["labels"] == {"x": text(100 * KB)}
    for tags in (["a"], [text(100 * KB)]):
        ask(api, Asked("PATCH", path, {"tags": tags})).raise_for_status()
        found = read(api, path)
        assert (found["tags"], found["labels"]) == (tags, {"x": text(100 * KB)})
    assert pieces(dynamodb)


def test_what_stays_of_a_large_run_is_not_written_again(
    api: httpx.Client, flow: str, dynamodb: DynamoDB
) -> None:
    run = f"/flow_runs/{made(api, new_flow_run(flow, parameters={'x': text(500 * KB)}))['id']}"
    before = pieces(dynamodb)
    with heard(wiring.store().table.client) as calls:
        for kind in ("RUNNING", "CANCELLING", "CANCELLED"):
            assert propose(api, run, type=kind).json()["status"] == "ACCEPT"
    written = [name for name, _ in calls if name in {"PutItem", "TransactWriteItems"}]
    # A run that is being cancelled gets a timer with its state.
    assert written == ["PutItem", "TransactWriteItems", "PutItem"]
    assert pieces(dynamodb) == before


def test_a_page_too_large_to_be_sent_is_refused_before_it_is_read(
    api_on_dynoxide: httpx.Client,
) -> None:
    for number in range(4):
        inputs = {"x": [{"input_type": "parameter", "name": text(2_000 * KB)}]}
        made(api_on_dynoxide, new_task_run(dynamic_key=str(number), task_inputs=inputs))
    with heard(wiring.store().table.client) as calls:
        answer = ask(api_on_dynoxide, Asked("POST", "/task_runs/filter", {}))
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert "ask for less" in answer.json()["detail"]
    assert [name for name, _ in calls if name == "GetItem"] == []
    assert ask(api_on_dynoxide, Asked("POST", "/task_runs/filter", {"limit": 2})).is_success


def test_counts_and_filters_read_no_pieces(api: httpx.Client) -> None:
    inputs = {"x": [{"input_type": "parameter", "name": text(100 * KB)}]}
    made(api, new_task_run(task_inputs=inputs, name="wanted"))
    wanted = {"task_runs": {"name": {"any_": ["wanted"]}}}
    with heard(wiring.store().table.client) as calls:
        assert ask(api, Asked("POST", "/task_runs/count", wanted)).json() == 1
    assert [name for name, _ in calls if name == "GetItem"] == []


def _without_pieces(database: DynamoDB) -> Iterator[None]:
    for key in pieces(database):
        database.client.delete_item(
            TableName=database.table,
            Key={name: {"S": value} for name, value in key._asdict().items()},  # type: ignore[attr-defined]
        )
        yield


def test_a_run_whose_pieces_are_lost_can_be_read_and_goes_on(
    api: httpx.Client, flow: str, dynamodb: DynamoDB
) -> None:
    run = f"/flow_runs/{made(api, new_flow_run(flow, parameters={'x': text(500 * KB)}))['id']}"
    propose(api, run, type="RUNNING", message=text(100 * KB)).raise_for_status()
    lost = sum(1 for _ in _without_pieces(dynamodb))
    assert lost
    found = read(api, run)
    assert found["state"]["message"] == text(100 * KB)[:1_000]
    assert text(500 * KB).startswith(found["parameters"]["x"])
    assert propose(api, run, type="COMPLETED").json()["status"] == "ACCEPT"
    assert read(api, run)["state_type"] == "COMPLETED"
