"""The table of template.yaml, in whichever DynamoDB."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from local.settings import Unusable
from local.template import Template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def ensure(client: "DynamoDBClient", template: Template, name: str) -> None:
    """Create the table unless it is there, and refuse one that another template made."""
    try:
        found: Mapping[str, Any] = client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        create(client, template, name)
        return
    except (BotoCoreError, ClientError) as error:
        raise Unusable(f"The database does not answer: {error}") from None
    if _keys(found) != _keys(template.table):
        raise Unusable(
            f"Table {name} was made by another version, with other indexes: "
            "give another DATA folder, or remove this one to start afresh"
        )


def create(client: "DynamoDBClient", template: Template, name: str) -> None:
    created = client.create_table(TableName=name, **template.table)
    if created["TableDescription"].get("TableStatus") != "ACTIVE":
        client.get_waiter("table_exists").wait(TableName=name)
    if template.time_to_live:
        client.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"AttributeName": template.time_to_live, "Enabled": True},
        )


def _keys(table: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """The key attributes of the table and of each index."""
    indexes = {index["IndexName"]: index for index in table.get("GlobalSecondaryIndexes", [])}
    return {
        name: [(key["AttributeName"], key["KeyType"]) for key in shape["KeySchema"]]
        for name, shape in ({"": table} | indexes).items()
    }
