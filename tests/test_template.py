import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.cloudformation import intrinsics
from local.cloudformation.template import REPOSITORY, Route, load
from tests.support import sample_events

METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
READING = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
WRITING = {
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
}
ANYWHERE = "/{path+}"
POSTING = "execute-api:ManageConnections"
READING_KEY = "secretsmanager:GetSecretValue"
OPEN = {"health_check", "perform_readiness_check", "redirect_websocket"}
MAX_PATHS = 300  # of a REST API
MAX_PATTERNS = 5  # of an event source; AWS gives ten to who asks

TEXT = (REPOSITORY / "template.yaml").read_text("utf-8")
DOCUMENT: Mapping[str, Any] = yaml.load(TEXT, intrinsics.Loader)  # noqa: S506 a SafeLoader
RESOURCES: Mapping[str, Any] = DOCUMENT["Resources"]
TABLE_ARN = DOCUMENT["Metadata"]["Tables"]["arn"]
TEMPLATE = load()
ROUTES = TEMPLATE.routes
FUNCTIONS = {
    Path(resource["Properties"]["CodeUri"]).name: (logical_id, resource["Properties"])
    for logical_id, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
each_function = pytest.mark.parametrize("operation", sorted(FUNCTIONS))
ENDPOINTS = {route.operation for route in ROUTES} - {"method_not_allowed"}
each_endpoint = pytest.mark.parametrize("operation", sorted(ENDPOINTS - {"redirect_websocket"}))
SOCKETS = RESOURCES["WebSocketApi"]["Properties"]["Routes"]


def test_the_functions_are_the_folders() -> None:
    found = set((REPOSITORY / "functions").glob("*/*/app.py"))
    assert found == set(TEMPLATE.code.values())


def test_each_function_has_a_sample_event() -> None:
    nouns = {operation: path.parent.name for operation, path in sample_events.PATHS.items()}
    assert nouns == {operation: path.parts[-3] for operation, path in TEMPLATE.code.items()}


@each_function
def test_a_function_is_named_for_its_operation(operation: str) -> None:
    logical_id, _ = FUNCTIONS[operation]
    assert logical_id == operation.replace("_", " ").title().replace(" ", "") + "Function"


def test_functions_and_their_routes_are_grouped_by_noun_in_the_order_of_the_folders() -> None:
    nouns = {operation: path.parts[-3] for operation, path in TEMPLATE.code.items()}
    functions = [nouns[operation] for operation in FUNCTIONS]
    routes = [nouns[route.operation] for route in ROUTES if route.operation in ENDPOINTS]
    assert (functions, routes) == (sorted(functions), sorted(routes))


@each_endpoint
def test_an_endpoint_has_one_route(operation: str) -> None:
    assert len(_routes_of(operation)) == 1


@each_endpoint
def test_the_code_of_an_endpoint_opens_with_its_route(operation: str) -> None:
    code = TEMPLATE.code[operation].read_text("utf-8")
    (route,) = _routes_of(operation)
    assert (ast.get_docstring(ast.parse(code)) or "").startswith(f"{route.method} {route.path}: ")


@each_endpoint
def test_a_sample_event_took_the_route_of_its_function(operation: str) -> None:
    event = _event(operation)
    (route,) = _routes_of(operation)
    assert (event["httpMethod"], event["resource"]) == (route.method, route.path)


@pytest.mark.parametrize("route", SOCKETS)
def test_a_sample_event_of_a_websocket_took_the_route_of_its_function(route: str) -> None:
    logical_id = SOCKETS[route]["FunctionArn"]["Fn::GetAtt"].removesuffix(".Arn")
    operation = Path(RESOURCES[logical_id]["Properties"]["CodeUri"]).name
    assert _event(operation)["requestContext"]["routeKey"] == route


def test_cloudfront_and_the_redirect_lead_to_the_same_paths() -> None:
    distribution = RESOURCES["Distribution"]["Properties"]["DistributionConfig"]
    stage = RESOURCES["Api"]["Properties"]["StageName"]
    patterns = {behavior["PathPattern"] for behavior in distribution["CacheBehaviors"]}
    assert patterns == {f"/{stage}{route.path}" for route in _routes_of("redirect_websocket")}


def test_the_stream_has_no_more_readers_than_it_serves_well() -> None:
    # "DynamoDB Streams and AWS Lambda triggers": more than two on a shard are throttled.
    events = (event for _, function in FUNCTIONS.values() for event in _events_of(function))
    assert len([event for event in events if event["Type"] == "DynamoDB"]) <= 2


def test_the_stream_is_filtered_by_no_more_patterns_than_aws_lets_everybody_have() -> None:
    events = (event for _, function in FUNCTIONS.values() for event in _events_of(function))
    filters = [event["Properties"].get("FilterCriteria", {}).get("Filters", []) for event in events]
    assert max(map(len, filters)) <= MAX_PATTERNS


@pytest.mark.parametrize("operation", sorted({*ENDPOINTS, "authorize", "method_not_allowed"}))
def test_a_sample_event_fills_its_route_with_its_path(operation: str) -> None:
    event = _event(operation)
    filled = re.sub(r"{(\w+)}", lambda match: event["pathParameters"][match[1]], event["resource"])
    assert event["path"].rstrip("/") == filled


@pytest.mark.parametrize("path", sorted({route.path for route in ROUTES} - {ANYWHERE}))
def test_a_path_answers_every_method_once(path: str) -> None:
    assert Counter(r.method for r in ROUTES if r.path == path) == Counter(METHODS)


def test_preflights_alone_are_answered_anywhere() -> None:
    assert [route.method for route in ROUTES if route.path == ANYWHERE] == ["OPTIONS"]


def test_paths_are_declared_without_a_slash_at_the_end() -> None:
    assert not [route.path for route in ROUTES if route.path.endswith("/")]


def test_siblings_in_a_path_share_their_variable() -> None:
    variables: dict[str, set[str]] = {}
    for resource in _resources_of_paths():
        parent, _, last = resource.rpartition("/")
        if last.startswith("{"):
            variables.setdefault(parent, set()).add(last)
    assert [names for names in variables.values() if len(names) > 1] == []


def test_only_health_is_open_at_the_gateway() -> None:
    asked = {route.operation for route in ROUTES if route.is_open}
    assert asked == OPEN | {"method_not_allowed"}


@each_function
def test_rights_are_named_one_by_one(operation: str) -> None:
    assert _actions(operation) <= READING | WRITING | {POSTING, READING_KEY}


@each_function
def test_rights_are_on_the_table_and_its_indexes(operation: str) -> None:
    indexes = {index["IndexName"] for index in _table()["GlobalSecondaryIndexes"]}
    named = [f"${{Arn}}/index/{name}" for name in sorted(indexes | {"*"})]
    known = [TABLE_ARN, *({"Fn::Sub": [arn, {"Arn": TABLE_ARN}]} for arn in named)]
    asked = (
        listed(statement["Resource"])
        for statement in statements(operation)
        if statement["Action"] not in ([POSTING], [READING_KEY])
    )
    assert [arn for arns in asked for arn in arns if arn not in known] == []


def test_the_data_of_blocks_alone_needs_a_key_and_a_library() -> None:
    """Those that read or write it have both, and no right to any other secret."""
    key = DOCUMENT["Metadata"]["Keys"]["blocks"]
    keyed = {
        operation
        for operation in FUNCTIONS
        for statement in statements(operation)
        if statement["Action"] == [READING_KEY] and statement["Resource"] == key
    }
    for attribute, value in (("Layers", [{"Ref": "EncryptionLayer"}]), ("Environment", key)):
        having = {
            operation
            for operation, (_, properties) in FUNCTIONS.items()
            if value in (given := properties.get(attribute), _key_named_by(given))
        }
        assert having == keyed
    assert keyed == {
        *("create_block_document", "update_block_document_data"),
        *("read_block_document_by_id", "read_block_documents"),
        "read_block_documents_for_block_type",
        "read_block_document_by_name_for_block_type",
        # Their job variables may have blocks as defaults.
        *("create_work_pool", "create_deployment", "update_flow_run"),
        *("create_flow_run_from_deployment", "bulk_create_flow_runs_from_deployment"),
    }
    granted = {action for operation in FUNCTIONS.keys() - keyed for action in _actions(operation)}
    assert READING_KEY not in granted


def _key_named_by(environment: Any) -> Any:  # noqa: ANN401 a piece of YAML
    return (
        (environment or {}).get("Variables", {}).get("BLOCK_KEY_SECRET")
        if isinstance(environment, dict)
        else None
    )


@pytest.mark.parametrize("operation", sorted(o for o in FUNCTIONS if o.startswith("read_")))
def test_what_reads_can_not_write(operation: str) -> None:
    assert _actions(operation) <= READING | {READING_KEY}


@pytest.mark.parametrize(
    "operation",
    ["create_csrf_token", "health_check", "server_version"],
)
def test_what_needs_no_table_has_no_rights(operation: str) -> None:
    assert not _actions(operation)


def test_every_key_attribute_is_declared_and_no_other() -> None:
    schemas = [_table()["KeySchema"], *(i["KeySchema"] for i in _table()["GlobalSecondaryIndexes"])]
    keys = {key["AttributeName"] for schema in schemas for key in schema}
    declared = [attribute["AttributeName"] for attribute in _table()["AttributeDefinitions"]]
    assert sorted(declared) == sorted(keys)


def test_the_table_outlives_its_stack() -> None:
    table = RESOURCES["Table"]
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_the_api_has_room_for_more_paths() -> None:
    assert len(_resources_of_paths()) < MAX_PATHS * 0.8


def test_boto3_is_left_to_the_runtime() -> None:
    pins = (REPOSITORY / "layers" / "dependencies" / "requirements.txt").read_text("utf-8")
    assert not re.search(r"^boto", pins, re.MULTILINE)


def _events_of(function: Mapping[str, Any]) -> list[Any]:
    return list(function.get("Events", {}).values())


def _routes_of(operation: str) -> list[Route]:
    return [route for route in ROUTES if route.operation == operation]


def _event(operation: str) -> dict[str, Any]:
    return sample_events.sample_event(operation)


def _resources_of_paths() -> set[str]:
    """Return API Gateway's resources: `/a/b` is a resource `/a` with `/a/b` below it."""
    return {
        "/".join(parts[:end])
        for parts in (route.path.split("/") for route in ROUTES)
        for end in range(1, len(parts) + 1)
    }


def _table() -> dict[str, Any]:
    properties: dict[str, Any] = RESOURCES["Table"]["Properties"]
    return properties


def statements(operation: str) -> Iterator[dict[str, Any]]:
    _, properties = FUNCTIONS[operation]
    for policy in properties.get("Policies", ()):
        yield from policy["Statement"]


def _actions(operation: str) -> set[str]:
    return {action for s in statements(operation) for action in listed(s["Action"])}


def listed(value: Any) -> list[Any]:  # noqa: ANN401 a piece of YAML
    return value if isinstance(value, list) else [value]
