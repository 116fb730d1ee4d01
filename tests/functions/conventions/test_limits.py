"""Limits: a request too large, too deep or too long is refused, and nothing of it is kept."""

import json
from typing import Any

import httpx
import pytest

from runledger import wiring
from runledger.adapters.parsing import MAX_DIGITS, MAX_NESTED
from runledger.store.dynamodb.errors import TOO_LARGE
from tests.store.support.asking import Asked, ask, made, new_task_run
from tests.store.support.calls import Refusal, refused
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB

KB = 1024
AROUND_DATA = 2  # the body and its state


def with_data(data: object, **fields: object) -> Asked:
    return new_task_run(state={"type": "PENDING", "data": data}, **fields)


def nested(depth: int) -> Any:  # noqa: ANN401 - lists in lists
    return json.loads("[" * depth + "]" * depth)


def read_back(api: httpx.Client, run: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON
    return api.get(f"/task_runs/{run['id']}").raise_for_status().json()["state"]["data"]


@pytest.mark.parametrize("data", [nested(MAX_NESTED - AROUND_DATA), int("9" * MAX_DIGITS)])
def test_what_is_just_within_the_limits_is_read_back(api: httpx.Client, data: object) -> None:
    assert read_back(api, made(api, with_data(data))) == data


def test_what_is_nested_too_deeply_is_refused(api: httpx.Client, dynamodb: DynamoDB) -> None:
    answer = ask(api, with_data(nested(MAX_NESTED - AROUND_DATA + 1)))
    status_and_body = {"detail": "There was an error parsing the body"}
    assert (answer.status_code, answer.json()) == (400, status_and_body)
    assert scan(dynamodb) == {}


@pytest.mark.parametrize("number", ["9" * (MAX_DIGITS + 1), "1e999", "NaN", "Infinity"])
def test_a_number_that_can_not_be_given_back_is_refused(
    api: httpx.Client, dynamodb: DynamoDB, number: str
) -> None:
    body = json.dumps(with_data("?").body).replace('"?"', number)
    answer = api.post("/task_runs/", content=body)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert answer.json()["exception_detail"][0]["type"] == "json_invalid"
    assert scan(dynamodb) == {}


def test_a_name_that_makes_a_run_too_large_is_refused(
    api: httpx.Client, dynamodb: DynamoDB
) -> None:
    run = made(api, with_data("x" * 150 * KB))
    before = scan(dynamodb)
    answer = ask(api, Asked("PATCH", f"/task_runs/{run['id']}", {"name": "x" * 300 * KB}))
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert scan(dynamodb) == before


def test_a_list_that_no_lambda_can_send_is_refused(api_on_dynoxide: httpx.Client) -> None:
    for key in range(35):
        made(api_on_dynoxide, with_data("x" * 180 * KB, dynamic_key=str(key)))
    answer = ask(api_on_dynoxide, Asked("POST", "/task_runs/filter", {}))
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


# What AWS says of the sizes of an item in a transaction, of one by itself, and of a transaction.
SIZES = [
    (("ValidationError",), "Item size to update has exceeded the maximum allowed size"),
    ((), "Item size has exceeded the maximum allowed size"),
    ((), "Transaction request cannot exceed 4 MB"),
]


@pytest.mark.parametrize(("reasons", "text"), SIZES)
def test_what_dynamodb_finds_too_large_is_refused_in_words_of_ours(
    api_on_dynoxide: httpx.Client, reasons: tuple[str, ...], text: str
) -> None:
    code = "TransactionCanceledException" if reasons else "ValidationException"
    refusal = Refusal(400, code, reasons, text)
    client = wiring.store().table.client
    with refused(client, refusal, "TransactWriteItems", times=1):
        answer = ask(api_on_dynoxide, new_task_run())
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert answer.json() == {"detail": TOO_LARGE}
