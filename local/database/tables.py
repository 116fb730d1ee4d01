"""Creates and checks the table of template.yaml, in any DynamoDB."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from local.cloudformation.template import Template
from local.settings import StartupError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TimeToLiveSpecificationTypeDef

# The partition of keys, as the functions spell it: a test compares the two.
API_KEYS = "API_KEYS"

# The user waits for the server to start: report an unreachable database soon.
FAIL_FAST = Config(connect_timeout=3, read_timeout=20, retries={"total_max_attempts": 2})


def ensure(
    template: Template, name: str, *, with_stream: bool = False, is_own: bool = False
) -> None:
    """Create the table if it is missing; raise StartupError if its keys differ from the template.

    Enable the stream of a table in the local server's own database.
    """
    try:
        client = boto3.client("dynamodb", config=FAIL_FAST)
        found = _find(client, name)
        if found is None:
            create(client, template, name, with_stream=with_stream)
            return
        if with_stream and is_own and not _has_stream(found):
            client.update_table(
                TableName=name, StreamSpecification=template.table["StreamSpecification"]
            )
    except BotoCoreError as error:
        raise StartupError(f"The database does not answer: {error}") from None
    except ClientError as error:
        raise StartupError(f"The database refuses table {name}: {error}") from None
    if _keys(found) != _keys(template.table):
        raise StartupError(
            f"Table {name} was made by another version, with other indexes: "
            "choose another DATA folder, or remove this one to start afresh"
        )


def _find(client: "DynamoDBClient", name: str) -> Mapping[str, Any] | None:
    try:
        return client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None


def has_keys(client: "DynamoDBClient", name: str) -> bool:
    """Return whether the table has a key of a caller, or has had one in the last 90 days."""
    found = client.query(
        TableName=name,
        KeyConditionExpression="pk = :keys",
        ExpressionAttributeValues={":keys": {"S": API_KEYS}},
        Limit=1,
    )
    return bool(found["Items"])


def has_stream(client: "DynamoDBClient", name: str) -> bool:
    return _has_stream(client.describe_table(TableName=name)["Table"])


def stream_arn(client: "DynamoDBClient", name: str) -> str:
    """Return the ARN of the table's stream; raise StartupError if it has none."""
    found = _find(client, name)
    if found is None or not _has_stream(found):
        raise StartupError(f"There is no table {name} with a stream: give TABLE_NAME")
    arn: str = found["LatestStreamArn"]
    return arn


def create(
    client: "DynamoDBClient", template: Template, name: str, *, with_stream: bool = False
) -> None:
    """Create the table; without a reader it gets no stream, which slows writes down."""
    created = client.create_table(TableName=name, **properties(template, with_stream=with_stream))
    if created["TableDescription"].get("TableStatus") != "ACTIVE":
        client.get_waiter("table_exists").wait(TableName=name)
    if expiry := time_to_live(template):
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=expiry)


def properties(template: Template, *, with_stream: bool = False) -> dict[str, Any]:
    """Return the parameters of CreateTable, but the name."""
    without = set() if with_stream else {"StreamSpecification"}
    return {name: value for name, value in template.table.items() if name not in without}


def time_to_live(template: Template) -> "TimeToLiveSpecificationTypeDef | None":
    """Return the parameters of UpdateTimeToLive, but the name, if items expire."""
    attribute = template.time_to_live
    return {"AttributeName": attribute, "Enabled": True} if attribute else None


def _has_stream(table: Mapping[str, Any]) -> bool:
    enabled: bool = table.get("StreamSpecification", {}).get("StreamEnabled", False)
    return enabled


def _keys(table: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The key attributes of the table and of each index."""
    indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}
    return {
        name: [(key["AttributeName"], key["KeyType"]) for key in shape["KeySchema"]]
        for name, shape in ({"": table} | indexes).items()
    }
