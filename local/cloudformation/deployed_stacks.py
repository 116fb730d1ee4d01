"""Deployed stacks, as CloudFormation describes them."""

from collections.abc import Mapping
from typing import NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.settings import StartupError


class DeployedStack(NamedTuple):
    """A deployed stack: the name of its table, and its parameters."""

    table: str
    parameters: Mapping[str, str]


def find(name: str) -> DeployedStack:
    """Find the stack with a name.

    Raises:
        StartupError: there is none, or its outputs name no table.
    """
    try:
        (found,) = boto3.client("cloudformation").describe_stacks(StackName=name)["Stacks"]
    except (BotoCoreError, ClientError) as error:
        raise StartupError(f"There is no stack {name}: {error}") from None
    outputs = {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", ())}
    if "TableName" not in outputs:
        raise StartupError(f"Stack {name} is none of Runledger: its outputs name no table")
    given = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", ())}
    return DeployedStack(outputs["TableName"], given)
