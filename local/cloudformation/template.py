"""template.yaml as values: the APIs, functions, mappings and table that AWS would create."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from local.cloudformation import intrinsics
from local.cloudformation.triggers import (
    FunctionSchedule,
    StreamMapping,
    WebSocketApiDefinition,
    schedules,
    stream_mappings,
    websocket_api,
)

NONE: Mapping[str, str] = MappingProxyType({})
REPOSITORY = Path(__file__).parents[2]

WRITES = frozenset(
    f"dynamodb:{action}" for action in ("BatchWriteItem", "DeleteItem", "PutItem", "UpdateItem")
)

DEFAULT_BODY = '{"message":$context.error.messageString}'

# Properties of AWS::DynamoDB::Table that CreateTable accepts and the databases support.
TABLE_PROPERTIES = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
)


class Route(NamedTuple):
    method: str
    path: str
    operation: str
    is_open: bool = False  # without the authorizer


class GatewayResponse(NamedTuple):
    status: int | None  # API Gateway's own, if None
    headers: Mapping[str, str]
    body: str


@dataclass(frozen=True)
class Authorizer:
    operation: str
    identity_headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Template:
    folder: Path
    stage: str
    routes: tuple[Route, ...]
    environment: Mapping[str, str]  # that all functions have
    own_environment: Mapping[str, Mapping[str, str]]  # what an operation has beside it
    responses: Mapping[str, GatewayResponse]
    table: Mapping[str, Any]
    time_to_live: str | None
    authorizer: Authorizer | None
    min_size_to_compress: int | None  # bytes
    code: Mapping[str, Path]  # the module of each operation
    writers: frozenset[str]  # operations that may write to the table
    websocket_api: WebSocketApiDefinition
    streams: tuple[StreamMapping, ...]
    schedules: tuple[FunctionSchedule, ...]

    @property
    def operations(self) -> tuple[str, ...]:
        return tuple(sorted(self.code))


def load(
    path: Path = REPOSITORY / "template.yaml", parameters: Mapping[str, str] = NONE
) -> Template:
    document = yaml.load(path.read_text("utf-8"), intrinsics.Loader)  # noqa: S506 a SafeLoader
    resolve = intrinsics.resolver(document, parameters)
    resources = resolve(document["Resources"])
    code = {
        name: Path(resource["Properties"]["CodeUri"])
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    functions = {name: folder.name for name, folder in code.items()}
    api = _only(resources, "AWS::Serverless::Api")
    table = _only(resources, "AWS::DynamoDB::Table")
    globals_ = resolve(document.get("Globals", {})).get("Function", {})
    return Template(
        folder=path.parent,
        stage=api["StageName"],
        routes=tuple(_routes(api, functions)),
        environment=_variables(globals_),
        own_environment={
            functions[name]: _variables(resources[name]["Properties"]) for name in functions
        },
        responses={
            name: _response(response) for name, response in api.get("GatewayResponses", {}).items()
        },
        table=_create_table(table),
        time_to_live=table.get("TimeToLiveSpecification", {}).get("AttributeName"),
        authorizer=_authorizer(api.get("Auth", {}), functions),
        min_size_to_compress=api.get("MinimumCompressionSize"),
        code={folder.name: path.parent / folder / "app.py" for folder in code.values()},
        writers=frozenset(_writers(resources)),
        websocket_api=websocket_api(_only(resources, "AWS::Serverless::WebSocketApi"), functions),
        streams=tuple(stream_mappings(resources)),
        schedules=tuple(schedules(resources)),
    )


def _only(resources: Mapping[str, Any], resource_type: str) -> Any:  # noqa: ANN401 a piece of YAML
    return next((r["Properties"] for r in resources.values() if r["Type"] == resource_type), {})


def _writers(resources: Mapping[str, Any]) -> Iterator[str]:
    all_resources = resources.values()
    of_type = (r["Properties"] for r in all_resources if r["Type"] == "AWS::Serverless::Function")
    for function in of_type:
        policies = function.get("Policies", [])
        statements = chain.from_iterable(policy["Statement"] for policy in policies)
        if any(WRITES.intersection(statement["Action"]) for statement in statements):
            yield Path(function["CodeUri"]).name


def _routes(api: Mapping[str, Any], functions: Mapping[str, str]) -> Iterator[Route]:
    """The methods of the API's definition, each integrated with a function."""
    paths = api.get("DefinitionBody", {}).get("paths", {})
    for path, methods in paths.items():
        for method, definition in methods.items():
            uri = definition["x-amazon-apigateway-integration"]["uri"]
            logical_id = uri.rpartition("/functions/")[2].partition(".Arn/")[0]
            is_open = {"NONE": []} in definition.get("security", [])
            yield Route(method.upper(), path, functions[logical_id], is_open=is_open)


def _response(properties: Mapping[str, Any]) -> GatewayResponse:
    status = properties.get("StatusCode")
    headers = properties.get("ResponseParameters", {}).get("Headers", {})
    templates = properties.get("ResponseTemplates", {})
    return GatewayResponse(
        status=None if status is None else int(status),
        headers={name: value.strip("'") for name, value in headers.items()},
        body=templates.get("application/json", DEFAULT_BODY),
    )


def _create_table(properties: Mapping[str, Any]) -> dict[str, Any]:
    stream = properties.get("StreamSpecification")
    return {name: properties[name] for name in TABLE_PROPERTIES if name in properties} | (
        {"StreamSpecification": {"StreamEnabled": True, **stream}} if stream else {}
    )


def _authorizer(auth: Mapping[str, Any], functions: Mapping[str, str]) -> Authorizer | None:
    if (name := auth.get("DefaultAuthorizer")) is None:
        return None
    declared = auth["Authorizers"][name]
    function, _, _ = str(declared["FunctionArn"]).partition(".")
    headers = declared.get("Identity", {}).get("Headers", ())
    return Authorizer(functions[function], identity_headers=tuple(headers))


def _variables(function: Mapping[str, Any]) -> dict[str, str]:
    variables = function.get("Environment", {}).get("Variables", {})
    return {name: str(value) for name, value in variables.items()}
