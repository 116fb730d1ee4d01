"""A small application, written to a folder: its functions answer with what they were asked."""

from pathlib import Path

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


def client(folder: Path, **parameters: str) -> httpx.Client:
    loaded = template.load(write(folder), parameters)
    return httpx.Client(transport=GatewayTransport(Gateway(loaded)), base_url="http://sample/stage")
