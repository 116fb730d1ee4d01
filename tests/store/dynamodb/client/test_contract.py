"""Each call and each error that the store knows is the same through boto3's client and ours."""

from functools import cache
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from runledger.domain.errors import TooLarge, Unavailable
from runledger.store.dynamodb.errors import ConditionFailed, TransactionConflict, translate
from tests.store.dynamodb.client.cases import CASES, TABLE
from tests.store.dynamodb.client.clients import CLIENTS, Client
from tests.support.databases import Engine, new_table


@pytest.mark.parametrize("case", CASES)
def test_a_call_is_answered_alike(dynoxide: Engine, case: str) -> None:
    boto3s, ours = (outcomes(dynoxide, name, case) for name in CLIENTS)
    assert ours == boto3s


def test_the_cases_have_each_operation_and_each_error(dynoxide: Engine) -> None:
    """The cases are alike in what they should be: none of them fails for a reason of its own."""
    every = [one for case in CASES for one in outcomes(dynoxide, "ours", case)]
    assert {name for case in CASES.values() for name, _ in case} == {
        *("get_item", "batch_get_item", "query", "put_item", "update_item", "delete_item"),
        *("transact_write_items", "batch_write_item"),
    }
    translated = {one[0] for one in every if isinstance(one, tuple)}
    assert translated >= {ConditionFailed, TooLarge, ClientError}
    assert not translated & {TransactionConflict, Unavailable}


@cache
def client_of(engine: Engine, name: str) -> Client:
    return CLIENTS[name](engine.endpoint)


@cache
def outcomes(engine: Engine, name: str, case: str) -> list[Any]:
    """Return what a client's calls give, in order, on a new table of the same name."""
    new_table(engine, TABLE)
    token = str(uuid4())
    try:
        client = client_of(engine, name)
        return [outcome(client, step, renamed(request, token)) for step, request in CASES[case]]
    finally:
        engine.client.call("DeleteTable", {"TableName": TABLE})


def renamed(request: dict[str, Any], token: str) -> dict[str, Any]:
    """Give a transaction a token of its own: the database remembers those of older tables."""
    return request | ({"ClientRequestToken": token} if "ClientRequestToken" in request else {})


def outcome(client: Client, operation: str, request: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return the answer; or the store's translation of the error, and what it was."""
    try:
        answer = getattr(client, operation)(**request)
    except ClientError as error:
        answer = error.response
        parts = {name: answer.get(name) for name in ("Item", "CancellationReasons")}
        told = without_values(str(error)), without_values(answer["Error"]["Message"])
        return *kind_of(translate(error)), *told, answer["Error"]["Code"], parts, of_http(answer)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def kind_of(error: Exception) -> tuple[type, Any]:
    """Return the class, of boto3's own subclasses their base, and what the store reads of it."""
    if isinstance(error, ClientError):
        return ClientError, error.operation_name
    return type(error), error.met if isinstance(error, ConditionFailed) else str(error)


def without_values(message: str) -> str:
    """Cut off the values that dynoxide repeats, each time in another order."""
    return message.partition("Value '")[0]


def of_http(answer: Any) -> tuple[int, int]:  # noqa: ANN401
    metadata = answer["ResponseMetadata"]
    return metadata["HTTPStatusCode"], metadata["RetryAttempts"]
