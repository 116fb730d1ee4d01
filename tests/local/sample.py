"""A small application, written to a folder: its functions answer with what they were asked."""

import json
from pathlib import Path
from typing import Any

import httpx

from local import template
from local.gateway import Gateway
from local.transport import GatewayTransport

TEMPLATE = """
Parameters:
  Authentication: {Default: required}
  Greeting: {Default: hello}
Conditions:
  IsOpen: !Equals [!Ref Authentication, "off"]
Globals:
  Function:
    Environment:
      Variables:
        TABLE_NAME: !Ref Table
        GREETING: !If [IsOpen, !Sub "${Greeting} everybody", !Ref Greeting]
        ABSENT: !If [IsOpen, !Ref AWS::NoValue, present]
Resources:
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: stage
      MinimumCompressionSize: 500
      Auth:
        DefaultAuthorizer: !Ref Authentication
        Authorizers:
          required:
            FunctionArn: !GetAtt GuardFunction.Arn
            Identity: {Headers: [Authorization]}
          "off": {FunctionArn: !GetAtt GuardFunction.Arn}
      DefinitionBody:
        paths:
          /things:
            put:
              security: [NONE: []]
              x-amazon-apigateway-integration:
                uri: !Sub arn:aws:apigateway:path/2015/functions/${EchoFunction.Arn}/invocations
      GatewayResponses:
        MISSING_AUTHENTICATION_TOKEN:
          StatusCode: "404"
          ResponseParameters: {Headers: {Access-Control-Allow-Origin: "'*'"}}
          ResponseTemplates: {application/json: '{"detail":"Not Found"}'}
        DEFAULT_4XX:
          ResponseTemplates: {application/json: '{"said":$context.error.messageString}'}
  EchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/echo/
      Events:
        Read:
          Type: Api
          Properties: {Method: get, Path: "/things/{id}", Auth: {Authorizer: NONE}}
        Guarded:
          Type: Api
          Properties: {Method: get, Path: /guarded}
        Create:
          Type: Api
          Properties: {Method: post, Path: /things, Auth: {Authorizer: NONE}}
  AnswerFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/answer/
      Events:
        Filter:
          Type: Api
          Properties: {Method: post, Path: /things/filter, Auth: {Authorizer: NONE}}
        Everything:
          Type: Api
          Properties: {Method: any, Path: /anything, Auth: {Authorizer: NONE}}
  GuardFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/guard/
  RedirectFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/redirect/
      Events:
        Talk:
          Type: Api
          Properties: {Method: get, Path: /talk, Auth: {Authorizer: NONE}}
  GreetFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: functions/greet/}}
  ObeyFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: functions/obey/}}
  NoteFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: functions/note/}}
  TakeFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/take/
      Events:
        Changes:
          Type: DynamoDB
          Properties:
            Stream: !GetAtt Table.StreamArn
            StartingPosition: TRIM_HORIZON
            BatchSize: 10
            BisectBatchOnFunctionError: true
            MaximumRetryAttempts: 2
            FunctionResponseTypes: [ReportBatchItemFailures]
            FilterCriteria:
              Filters:
                - Pattern: >-
                    {"eventName": ["INSERT"],
                     "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "take"}]}}}}
                - Pattern: >-
                    {"eventName": ["REMOVE"],
                     "dynamodb": {"OldImage": {"kept": {"S": [{"exists": true}]}}}}
            DestinationConfig:
              OnFailure: {Type: SQS, Destination: !GetAtt Queue.Arn}
        Clock:
          Type: Schedule
          Properties: {Schedule: rate(1 minute)}
  Queue: {Type: AWS::SQS::Queue, Properties: {}}
  WriteFunction:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/write/
      Events:
        Write:
          Type: Api
          Properties: {Method: post, Path: /items, Auth: {Authorizer: NONE}}
  SocketApi:
    Type: AWS::Serverless::WebSocketApi
    Properties:
      StageName: stage
      RouteSelectionExpression: $request.body.type
      Routes:
        $connect: {FunctionArn: !GetAtt GreetFunction.Arn}
        obey: {FunctionArn: !GetAtt ObeyFunction.Arn}
        note: {FunctionArn: !GetAtt NoteFunction.Arn}
        $disconnect: {FunctionArn: !GetAtt NoteFunction.Arn}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true}
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      TimeToLiveSpecification: {AttributeName: gone_at, Enabled: true}
"""

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
    # Answers a handshake as a header says.
    "greet": """
import json
from pathlib import Path

def handler(event, context):
    with (Path(__file__).parents[2] / "noted").open("a") as noted:
        noted.write(json.dumps(event) + "\\n")
    headers = {name.lower(): value for name, value in event["headers"].items()}
    return json.loads(headers.get("answer", '{"statusCode": 200}'))
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


def write(folder: Path) -> Path:
    for name, code in FUNCTIONS.items():
        (folder / "functions" / name).mkdir(parents=True)
        (folder / "functions" / name / "app.py").write_text(code)
    path = folder / "template.yaml"
    path.write_text(TEMPLATE)
    return path


def noted(folder: Path) -> list[Any]:
    """The events that functions have noted."""
    noted = folder / "noted"
    return [json.loads(line) for line in noted.read_text().splitlines()] if noted.exists() else []


def client(folder: Path, **parameters: str) -> httpx.Client:
    loaded = template.load(write(folder), parameters)
    return httpx.Client(transport=GatewayTransport(Gateway(loaded)), base_url="http://sample/stage")
