"""The stack that AWS makes of the template: its size, and who may call what."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support.stack import as_sent, resources, transformed
from tests.test_template import DOCUMENT, FUNCTIONS, ROUTES, TABLE_ARN, listed, statements

MAX_RESOURCES = 500  # CloudFormation's limits, of a stack and of its template
MAX_BYTES = 1024 * 1024
MAX_ROLES = 1000  # IAM's, of an account
MAX_RESOURCES_PER_FUNCTION = 2.35
MAX_POLICY_NAME = 128  # IAM's
# CloudFormation leaves a stack's name whole up to here in the names that it gives to functions.
MAX_STACK_NAME = 24

LAMBDA = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions"
ROLE = {"Fn::GetAtt": ["RestApiRole", "Arn"]}
POLICIES: dict[str, Any] = DOCUMENT["Metadata"]["Policies"]
NAMED_FOR = {
    "GetItem": "get",
    "BatchGetItem": "batch_get",
    "Query": "query",
    "PutItem": "put",
    "UpdateItem": "update",
    "DeleteItem": "delete",
    "BatchWriteItem": "batch_write",
}


def test_the_stack_has_room_for_more_functions() -> None:
    assert len(resources()) < MAX_RESOURCES * 0.9


def test_a_function_costs_few_resources() -> None:
    always_there = [one for one in resources().values() if "Condition" not in one]
    assert len(always_there) / len(FUNCTIONS) <= MAX_RESOURCES_PER_FUNCTION


def test_an_account_has_room_for_several_stacks() -> None:
    assert len(list(_of_type("AWS::IAM::Role"))) < MAX_ROLES / 4


def test_the_template_has_room_to_grow() -> None:
    # All operations are served but those of automations, which take some 40 KB.
    assert len(json.dumps(transformed())) < MAX_BYTES * 0.93


def test_no_permission_is_made_for_the_rest_api() -> None:
    permissions = dict(_of_type("AWS::Lambda::Permission"))
    callers = {name: json.dumps(one["SourceArn"]) for name, one in permissions.items()}
    assert [name for name, arn in callers.items() if re.search(r"\bApi\b", arn)] == []
    assert permissions.keys() == {
        "RunServicesFunctionEveryMinutePermission",
        "SweepTaskWorkersFunctionEveryMinutePermission",
        "WebSocketApiConnectPermission",
        "WebSocketApiDefaultPermission",
        "WebSocketApiDisconnectPermission",
    }


@pytest.mark.parametrize("operation", sorted(FUNCTIONS))
def test_a_function_has_a_role_of_its_own_with_its_policies(operation: str) -> None:
    function, _ = FUNCTIONS[operation]
    assert resources()[function]["Properties"]["Role"] == {"Fn::GetAtt": [f"{function}Role", "Arn"]}
    policies = resources()[f"{function}Role"]["Properties"].get("Policies", [])
    found = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    wanted = json.loads(json.dumps(list(statements(operation))), object_hook=as_sent)
    assert found[: len(wanted)] == wanted
    assert {one["Action"] for one in found[len(wanted) :]} <= {"sqs:SendMessage"}  # dead letters


@pytest.mark.parametrize("authentication", ["required", "off"])
def test_a_route_asks_the_authorizer_unless_it_is_open(authentication: str) -> None:
    methods = _methods(transformed(Authentication=authentication))
    asked = {(method, path): definition["security"] for method, path, definition in methods}
    assert asked == {
        (route.method, route.path): [{"NONE" if route.is_open else authentication: []}]
        for route in ROUTES
    }


def test_the_api_calls_existing_functions_by_its_role() -> None:
    integrations = {
        (method, path): definition["x-amazon-apigateway-integration"]
        for method, path, definition in _methods(transformed())
    }
    assert {
        (one["type"], one["httpMethod"], json.dumps(one["credentials"]))
        for one in integrations.values()
    } == {("aws_proxy", "POST", json.dumps(ROLE))}
    called = {key: _function(one["uri"]) for key, one in integrations.items()}
    assert called == {(r.method, r.path): FUNCTIONS[r.operation][0] for r in ROUTES}


@pytest.mark.parametrize("name", ["required", "off"])
def test_the_api_calls_its_authorizer_by_its_role(name: str) -> None:
    schemes = resources()["Api"]["Properties"]["Body"]["components"]["securitySchemes"]
    assert schemes[name]["x-amazon-apigateway-authorizer"]["authorizerCredentials"] == ROLE


def test_the_role_may_call_functions_and_do_nothing_else() -> None:
    role = resources()["RestApiRole"]["Properties"]
    (trusted,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "apigateway.amazonaws.com"}
    (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (statement["Action"], role.get("ManagedPolicyArns")) == ("lambda:InvokeFunction", None)
    functions = _named(statement["Resource"]["Fn::Sub"], "ledger").rpartition(":")[2]
    assert fnmatchcase("ledger-ReadFlowFunction-1A2B3C4D5E6F", functions)
    assert not fnmatchcase("another-ReadFlowFunction-1A2B3C4D5E6F", functions)


def test_a_stack_whose_name_would_be_shortened_is_refused() -> None:
    (policy,) = resources()["RestApiRole"]["Properties"]["Policies"]
    longest = _named(policy["PolicyName"]["Fn::Sub"], "x" * MAX_STACK_NAME)
    assert (len(longest), re.sub(r"[\w+=,.@-]", "", longest)) == (MAX_POLICY_NAME, "")


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_is_named_for_what_it_allows(name: str) -> None:
    (policy,) = POLICIES[name]
    assert name == "_".join(_words(policy["Statement"]))


def test_each_policy_is_of_some_function() -> None:
    used = [properties.get("Policies") for _, properties in FUNCTIONS.values()]
    assert [name for name, policy in POLICIES.items() if policy not in used] == []


def _of_type(resource_type: str) -> Iterator[tuple[str, Any]]:
    for name, resource in resources().items():
        if resource["Type"] == resource_type:
            yield name, resource["Properties"]


def _methods(stack: dict[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for path, methods in stack["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
        for method, definition in methods.items():
            yield method.upper(), path, definition


def _function(uri: dict[str, Any]) -> str:
    if joined := uri.get("Fn::Join"):
        separator, (start, function, end) = joined
        assert (separator, start, end) == ("/", {"Fn::Sub": LAMBDA}, "invocations")
        logical_id, attribute = function["Fn::GetAtt"]
    else:
        found = re.fullmatch(re.escape(LAMBDA) + r"/\${(\w+)\.(\w+)}/invocations", uri["Fn::Sub"])
        assert found
        logical_id, attribute = found.groups()
    assert attribute == "Arn"
    return str(logical_id)


def _named(text: str, stack: str) -> str:
    return text.replace("${AWS::StackName}", stack)


def _words(policy: list[dict[str, Any]]) -> Iterator[str]:
    """The words of a policy's name: on indexes, on the table, to WebSockets."""
    granted = [
        (action.partition(":")[2], arn)
        for statement in policy
        for arn in listed(statement["Resource"])
        for action in statement["Action"]
    ]
    on_indexes = [arn["Fn::Sub"][0] for _, arn in granted if "index" in str(arn)]
    indexes = [arn.partition("/index/")[2] for arn in on_indexes]
    yield from ("search" if index == "*" else f"query_{index}" for index in indexes)
    on_table = {action for action, arn in granted if arn == TABLE_ARN}
    if "BatchGetItem" in on_table:
        on_table.remove("GetItem")
    yield from (word for action, word in NAMED_FOR.items() if action in on_table)
    beside = {"ManageConnections": "post", "GetSecretValue": "key"}
    yield from (beside[action] for action, _ in granted if action in beside)
