"""The table that a stack's outputs and parameters name."""

import json
import os
from unittest.mock import patch

import boto3
import pytest

from local.settings import StartupError
from tests.support.databases import Engine
from transfer import chosen_table

NUMBER = {"Type": "Number"}
PARAMETERS = {"IndexShards": NUMBER | {"Default": "2"}, "IndexShardsRead": NUMBER | {"Default": 5}}
RESOURCES = {"Log": {"Type": "AWS::Logs::LogGroup"}}


def make(stack: str, outputs: dict[str, object]) -> None:
    document = {
        "Parameters": PARAMETERS,
        "Resources": RESOURCES,
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(StackName=stack, TemplateBody=json.dumps(document))


@pytest.mark.usefixtures("moto")
def test_a_stack_names_its_table_and_the_partitions_that_it_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make("moved", {"TableName": "its-table"})
    monkeypatch.setenv("STACK", "moved")
    with chosen_table.opened(may_create=True) as table:
        assert (table.table, table.shards) == ("its-table", 5)


@pytest.mark.usefixtures("moto")
def test_a_stack_of_something_else_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    make("another", {"Bucket": "b"})
    for stack in ("another", "missing"):
        monkeypatch.setenv("STACK", stack)
        with pytest.raises(StartupError, match=stack), chosen_table.opened(may_create=True):
            pass


def test_partitions_of_a_table_without_its_stack_are_told(
    dynoxide: Engine,
) -> None:
    told = {"DYNAMODB_ENDPOINT": dynoxide.endpoint, "TABLE_NAME": "told"}
    for shards, expected in {"": 2, "6": 6}.items():
        with (
            patch.dict(os.environ, told | {"SHARDS": shards}),
            chosen_table.opened(may_create=True) as table,
        ):
            assert (table.table, table.shards) == ("told", expected)
    dynoxide.client.call("DeleteTable", {"TableName": "told"})
