"""One deployment per flow and name, whoever races whom; none without its flow."""

from collections import Counter
from collections.abc import Sequence

import httpx

from tests.store.support.asking import Asked, ask_at_once, made, new_flow, removal
from tests.store.support.contents import left, whole
from tests.support.databases import DynamoDB

RACERS = 32


def deployment(flow: dict[str, str], **fields: object) -> Asked:
    return Asked("POST", "/deployments/", {"name": "nightly", "flow_id": flow["id"], **fields})


def statuses(answers: Sequence[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def start(found: dict[str, str]) -> Asked:
    return Asked("POST", f"/deployments/{found['id']}/create_flow_run", {})


def test_of_32_creators_of_a_name_one_creates_it_and_the_others_update_it(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    flow = made(api_on_dynoxide, new_flow())
    answers = ask_at_once(api_on_dynoxide, [deployment(flow)] * RACERS)
    assert statuses(answers) == {201: 1, 200: RACERS - 1}
    (only,) = whole(on_dynoxide).deployments
    assert {answer.json()["id"] for answer in answers} == {str(only.id)}


def test_updates_of_different_fields_are_not_lost(
    api_on_dynoxide: httpx.Client,
) -> None:
    found = made(api_on_dynoxide, deployment(made(api_on_dynoxide, new_flow())))
    path = f"/deployments/{found['id']}"
    fields = ("version", "description", "path", "entrypoint")
    asked = [Asked("PATCH", path, {field: field}) for field in fields] * 2
    assert statuses(ask_at_once(api_on_dynoxide, asked)) == {204: len(asked)}
    after = api_on_dynoxide.get(path).json()
    assert {field: after[field] for field in fields} == {field: field for field in fields}


def test_of_32_deleters_one_deletes(api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB) -> None:
    found = made(api_on_dynoxide, deployment(made(api_on_dynoxide, new_flow())))
    answers = ask_at_once(api_on_dynoxide, [removal("deployments", found)] * RACERS)
    assert statuses(answers) == {204: 1, 404: RACERS - 1}
    assert whole(on_dynoxide).deployments == []


def test_creators_and_deleters_leave_one_whole_deployment_or_none(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    flow = made(api_on_dynoxide, new_flow())
    found = made(api_on_dynoxide, deployment(flow))
    asked = [deployment(flow), removal("deployments", found), start(found)] * 8
    assert statuses(ask_at_once(api_on_dynoxide, asked)).keys() <= {200, 201, 204, 404}
    assert len(whole(on_dynoxide).deployments) <= 1


def test_no_deployment_outlives_its_flow(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    flow = made(api_on_dynoxide, new_flow())
    creators = [deployment(flow, name=str(number)) for number in range(15)]
    answers = ask_at_once(api_on_dynoxide, [*creators, removal("flows", flow)])
    assert statuses(answers).keys() <= {201, 204, 409}
    assert left(on_dynoxide) == {}


def test_a_flow_leaves_nothing_of_its_deployments(api: httpx.Client, dynamodb: DynamoDB) -> None:
    flow = made(api, new_flow())
    for name in ("a", "b"):
        made(api, start(made(api, deployment(flow, name=name))))
    assert len(whole(dynamodb).deployments) == 2
    api.delete(f"/flows/{flow['id']}")
    assert left(dynamodb) == {}


def test_a_run_leaves_nothing_with_its_deployment(api: httpx.Client, dynamodb: DynamoDB) -> None:
    found = made(api, deployment(made(api, new_flow())))
    before = left(dynamodb)
    api.delete(f"/flow_runs/{made(api, start(found))['id']}")
    assert left(dynamodb) == before
