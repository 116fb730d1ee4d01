"""The code of the sample's functions."""

FUNCTIONS = {
    # The event, as JSON.
    "echo": """
import json

def handler(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
""",
    # What the body says the answer is.
    "answer": """
import json

def handler(event, context):
    return json.loads(event["body"])
""",
    # Where the sockets are.
    "redirect": """
import os

def handler(event, context):
    there = os.environ["WEBSOCKET_URL"] + "?route=/talk"
    return {"statusCode": 307, "headers": {"Location": there}}
""",
    # Answers a handshake as a header says, after a while if it says so.
    "greet": """
import json
import time
from pathlib import Path

def handler(event, context):
    with (Path(__file__).parents[2] / "noted").open("a") as noted:
        noted.write(json.dumps(event) + "\\n")
    headers = {name.lower(): value for name, value in event["headers"].items()}
    answer = json.loads(headers.get("answer", '{"statusCode": 200}'))
    time.sleep(answer.pop("sleep", 0))
    return answer
""",
    # Does to a connection, its own or another, what a message says.
    "obey": """
import json
import time
import boto3
from botocore.exceptions import ClientError

client = boto3.client("apigatewaymanagementapi")

def handler(event, context):
    me, asked = event["requestContext"]["connectionId"], json.loads(event["body"])
    whom = asked.get("whom", me)
    time.sleep(float(asked.get("sleep", 0)))
    try:
        if "post" in asked:
            client.post_to_connection(ConnectionId=whom, Data=asked["post"].encode())
        if "look" in asked:
            found = client.get_connection(ConnectionId=whom)
            client.post_to_connection(ConnectionId=me, Data=found["Identity"]["SourceIp"].encode())
        if "name" in asked:
            client.post_to_connection(ConnectionId=me, Data=me.encode())
        if "close" in asked:
            close(whom, asked["close"])
    except ClientError as error:
        client.post_to_connection(ConnectionId=me, Data=error.response["Error"]["Code"].encode())

def close(whom, how):
    def say(request, **_):
        if how:
            request.headers["Runledger-Close"] = how
    client.meta.events.register("before-sign", say, "say")
    try:
        client.delete_connection(ConnectionId=whom)
    finally:
        client.meta.events.unregister("before-sign", unique_id="say")
""",
    # Keeps what it is called with, and takes each record unless its key says otherwise.
    "take": """
import json
import time
from pathlib import Path

def handler(event, context):
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for record in event.get("Records", [])]
    with (Path(__file__).parents[2] / "noted").open("a") as noted:
        noted.write(json.dumps({"keys": keys, "at": time.time(), **event}) + "\\n")
    if "take-slow" in keys:
        time.sleep(1)
    if any(key.startswith("take-crash") for key in keys):
        raise RuntimeError(keys)
    refused = [r for r in event.get("Records", []) if "refuse" in json.dumps(r["dynamodb"]["Keys"])]
    failed = [{"itemIdentifier": r["dynamodb"]["SequenceNumber"]} for r in refused]
    return {"batchItemFailures": failed}
""",
    # Writes an item with the key that the body is.
    "write": """
import os
import time
import boto3

client = boto3.client("dynamodb")

def handler(event, context):
    client.put_item(TableName=os.environ["TABLE_NAME"], Item={"pk": {"S": event["body"]}})
    return {"statusCode": 200, "body": str(time.time())}
""",
    # Keeps what it is called with.
    "note": """
import json
from pathlib import Path

def handler(event, context):
    with (Path(__file__).parents[2] / "noted").open("a") as noted:
        noted.write(json.dumps(event) + "\\n")
""",
    # Lets in whoever says so.
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
