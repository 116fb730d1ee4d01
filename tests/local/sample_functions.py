"""The code of the sample's functions."""

FUNCTIONS = {
    # Returns its event.
    "echo": """
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
""",
    # Returns its body as the response.
    "answer": """
import json

def handler(event, context):
    return json.loads(event["body"])
""",
    # Redirects to the WebSocket API.
    "redirect": """
import os

def handler(event, context):
    there = os.environ["WEBSOCKET_URL"] + "?route=/talk"
    return {"statusCode": 307, "headers": {"Location": there}}
""",
    # Records a handshake and answers as its header says, after a pause if that says so.
    "greet": """
import json
import time
from pathlib import Path

def handler(event, context):
    with (Path(__file__).parents[2] / "events").open("a") as events:
        events.write(json.dumps(event) + "\\n")
    headers = {name.lower(): value for name, value in event["headers"].items()}
    answer = json.loads(headers.get("answer", '{"statusCode": 200}'))
    time.sleep(answer.pop("sleep", 0))
    return answer
""",
    # Uses the management API as a message says, on its own connection or on another.
    "obey": """
import json
import time
import boto3
from botocore.exceptions import ClientError

client = boto3.client("apigatewaymanagementapi")

def handler(event, context):
    own_id, command = event["requestContext"]["connectionId"], json.loads(event["body"])
    target = command.get("target", own_id)
    time.sleep(float(command.get("sleep", 0)))
    try:
        if "post" in command:
            post(target, command["post"])
        if "look" in command:
            found = client.get_connection(ConnectionId=target)
            post(own_id, found["Identity"]["SourceIp"])
        if "name" in command:
            post(own_id, own_id)
        if "close" in command:
            close(target, command["close"])
    except ClientError as error:
        post(own_id, error.response["Error"]["Code"])

def post(connection_id, text):
    client.post_to_connection(ConnectionId=connection_id, Data=text.encode())

def close(connection_id, how):
    def add_header(request, **_):
        if how:
            request.headers["Runledger-Close"] = how
    client.meta.events.register("before-sign", add_header, "close")
    try:
        client.delete_connection(ConnectionId=connection_id)
    finally:
        client.meta.events.unregister("before-sign", unique_id="close")
""",
    # Records its event; fails at records as their keys say.
    "take": """
import json
import time
from pathlib import Path

def handler(event, context):
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event.get("Records", [])]
    with (Path(__file__).parents[2] / "events").open("a") as events:
        events.write(json.dumps({"keys": keys, "at": time.time(), **event}) + "\\n")
    if "take-slow" in keys:
        time.sleep(1)
    if any(key.startswith("take-crash") for key in keys):
        raise RuntimeError(keys)
    changes = [record["dynamodb"] for record in event.get("Records", [])]
    failed = [change for change in changes if "refuse" in json.dumps(change["Keys"])]
    return {"batchItemFailures": [{"itemIdentifier": c["SequenceNumber"]} for c in failed]}
""",
    # Writes an item whose key is the body.
    "write": """
import os
import time
import boto3

client = boto3.client("dynamodb")

def handler(event, context):
    client.put_item(TableName=os.environ["TABLE_NAME"], Item={"pk": {"S": event["body"]}})
    return {"statusCode": 200, "body": str(time.time())}
""",
    # Records its event.
    "note": """
import json
from pathlib import Path

def handler(event, context):
    with (Path(__file__).parents[2] / "events").open("a") as events:
        events.write(json.dumps(event) + "\\n")
""",
    # An authorizer: the header has the effect.
    "guard": """
def handler(event, context):
    headers = {name.lower(): value for name, value in event["headers"].items()}
    effect = headers.get("authorization", "Allow")
    if effect not in {"Allow", "Deny"}:
        raise Exception(effect)
    return {
        "principalId": "somebody",
        "policyDocument": {"Statement": [{"Effect": effect}]},
        "context": {"role": "reader"},
    }
""",
}
