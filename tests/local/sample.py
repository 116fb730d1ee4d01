"""A small application, written to a folder; its functions record or return their events."""

import json
from pathlib import Path
from typing import Any

import httpx

from local.cloudformation import template
from local.rest_api.gateway import Gateway
from local.rest_api.transport import GatewayTransport
from tests.local.sample_functions import FUNCTIONS

TEMPLATE = """
Metadata:
  functions: &functions !Sub arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions
  echo: &echo {uri: !Join [/, [*functions, !GetAtt EchoFunction.Arn, invocations]]}
  answer: &answer {uri: !Join [/, [*functions, !GetAtt AnswerFunction.Arn, invocations]]}
  redirect: &redirect {uri: !Join [/, [*functions, !GetAtt RedirectFunction.Arn, invocations]]}
  write: &write {uri: !Join [/, [*functions, !GetAtt WriteFunction.Arn, invocations]]}
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
      GatewayResponses:
        MISSING_AUTHENTICATION_TOKEN:
          StatusCode: "404"
          ResponseParameters: {Headers: {Access-Control-Allow-Origin: "'*'"}}
          ResponseTemplates: {application/json: '{"detail":"Not Found"}'}
        DEFAULT_4XX:
          ResponseTemplates: {application/json: '{"said":$context.error.messageString}'}
      DefinitionBody:
        paths:
          /things:
            put: {security: [NONE: []], x-amazon-apigateway-integration: *echo}
            post: {security: [NONE: []], x-amazon-apigateway-integration: *echo}
          /things/{id}:
            get: {security: [NONE: []], x-amazon-apigateway-integration: *echo}
          /guarded:
            get: {x-amazon-apigateway-integration: *echo}
          /things/filter:
            post: {security: [NONE: []], x-amazon-apigateway-integration: *answer}
          /anything:
            post: {security: [NONE: []], x-amazon-apigateway-integration: *answer}
          /talk:
            get: {security: [NONE: []], x-amazon-apigateway-integration: *redirect}
          /items:
            post: {security: [NONE: []], x-amazon-apigateway-integration: *write}
  EchoFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: functions/echo/}}
  AnswerFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: functions/answer/}}
  GuardFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: functions/guard/}}
  RedirectFunction: {Type: AWS::Serverless::Function, Properties: {CodeUri: functions/redirect/}}
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
      Policies:
        - Statement: [{Effect: Allow, Action: [dynamodb:PutItem], Resource: "*"}]
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


def write(folder: Path) -> Path:
    for name, code in FUNCTIONS.items():
        (folder / "functions" / name).mkdir(parents=True)
        (folder / "functions" / name / "app.py").write_text(code)
    path = folder / "template.yaml"
    path.write_text(TEMPLATE)
    return path


def recorded_events(folder: Path) -> list[Any]:
    """The events that functions have appended to the file."""
    file = folder / "events"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def client(folder: Path, **parameters: str) -> httpx.Client:
    loaded = template.load(write(folder), parameters)
    return httpx.Client(transport=GatewayTransport(Gateway(loaded)), base_url="http://sample/stage")
