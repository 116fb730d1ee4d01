"""`make keys`, as it is called."""

import re
from functools import partial
from pathlib import Path

import boto3
import pytest

from local.cloudformation import deployed_stacks
from local.settings import StartupError
from runledger.store.api_keys import ApiKeyStore
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.support import commands
from tests.support.databases import DynamoDB
from tests.support.keys import add_key

SECRET = re.compile(r"rl_[\w-]{43}\n")


keys = partial(commands.run_here, "keys")


def of(database: DynamoDB) -> dict[str, str]:
    return {"TABLE_NAME": database.table, "DYNAMODB_ENDPOINT": database.endpoint}


def on(database: DynamoDB, *command: str) -> tuple[int, str, str]:
    return keys(*command, **of(database))


def test_the_command_stands_alone(on_dynoxide: DynamoDB) -> None:
    code, secret, errors = commands.run("keys", "add", "etl", "--scope", "write", **of(on_dynoxide))
    assert (code, errors) == (0, "")
    assert SECRET.fullmatch(secret)
    assert "etl" in on(on_dynoxide, "list")[1]
    code, said, errors = commands.run("keys", "revoke", "nobody", **of(on_dynoxide))
    assert (code, said, errors) == (1, "", "keys: There is no live key nobody\n")


def test_a_key_is_added_listed_and_revoked(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=1)
    code, secret, errors = on(on_dynoxide, "add", "etl", "--scope", "write")
    assert (code, errors) == (0, "")
    assert SECRET.fullmatch(secret)
    (key,) = ApiKeyStore.of(store).all()
    assert (key.name, key.scope, key.expires) == ("etl", "write", None)
    _, listed, _ = on(on_dynoxide, "list")
    title, row = listed.splitlines()
    assert (title.split()[:3], row.split()[:3]) == (
        ["id", "name", "scope"],
        [str(key.id), "etl", "write"],
    )
    assert secret.strip() not in listed
    assert on(on_dynoxide, "revoke", "etl")[0] == 0
    (key,) = ApiKeyStore.of(store).all()
    assert key.revoked
    assert "revoked" in on(on_dynoxide, "list")[1]


def test_a_key_may_have_an_end(on_dynoxide: DynamoDB) -> None:
    on(on_dynoxide, "add", "etl", "--scope", "read", "--expires", "2100-01-31")
    assert "2100-01-31T00:00Z" in on(on_dynoxide, "list")[1]


def test_of_two_keys_with_a_name_an_id_says_which(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=1)
    for _ in range(2):
        add_key(store=store)
    first, second = (str(key.id) for key in ApiKeyStore.of(store).all())
    code, _, errors = on(on_dynoxide, "revoke", "etl")
    assert (code, first in errors, second in errors) == (1, True, True)
    assert on(on_dynoxide, "revoke", first)[0] == 0
    assert on(on_dynoxide, "revoke", "etl")[0] == 0
    assert all(key.revoked for key in ApiKeyStore.of(store).all())


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("revoke", "nobody"), "There is no live key nobody"),
        (("revoke", "0" * 32), f"There is no key {'0' * 32}"),
        (("add", "a:b", "--scope", "read"), "String should match pattern"),
        (("add", "etl", "--scope", "read", "--expires", "soon"), "soon"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_line(
    on_dynoxide: DynamoDB, command: tuple[str, ...], message: str
) -> None:
    code, _, errors = on(on_dynoxide, *command)
    assert (code, errors.count("\n"), message in errors) == (1, 1, True), errors


def test_the_local_servers_table_is_made_before_its_first_start(tmp_path: Path) -> None:
    data = {"DATA": str(tmp_path), "DYNAMODB_ENDPOINT": "", "TABLE_NAME": ""}
    assert SECRET.fullmatch(keys("add", "etl", "--scope", "admin", **data)[1])
    assert "etl" in keys("list", **data)[1]


@pytest.mark.usefixtures("moto")
def test_the_table_of_a_stack_is_one_of_its_outputs() -> None:
    outputs = "Outputs: {TableName: {Value: the-table}}"
    resources = "Resources: {Topic: {Type: 'AWS::SNS::Topic'}}"
    cloudformation = boto3.client("cloudformation")
    cloudformation.create_stack(StackName="ledger", TemplateBody=f"{resources}\n{outputs}")
    cloudformation.create_stack(StackName="other", TemplateBody=resources)
    assert deployed_stacks.find("ledger").table == "the-table"
    with pytest.raises(StartupError, match="other"):
        deployed_stacks.find("other")
