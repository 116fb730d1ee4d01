"""A handler as tutorials have it, to compare cold starts with: boto3, one model, a logger."""

import json
import os
from datetime import datetime
from typing import Any
from uuid import UUID

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

logger = Logger()
client = boto3.client("dynamodb")


class PlainTaskRun(BaseModel):
    id: UUID
    name: str
    task_key: str
    dynamic_key: str
    tags: list[str]
    created: datetime


@logger.inject_lambda_context
def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
    run_id = event["pathParameters"]["id"]
    key = {"pk": {"S": f"PLAIN#{run_id}"}, "sk": {"S": "PLAIN"}}
    item = client.get_item(TableName=os.environ["TABLE_NAME"], Key=key)["Item"]
    run = PlainTaskRun.model_validate(json.loads(item["document"]["S"]))
    logger.info("answered", extra={"status": 200})
    headers = {"Content-Type": "application/json"}
    return {"statusCode": 200, "headers": headers, "body": run.model_dump_json()}
