"""What calls the functions of a template, beside its REST API: a WebSocket API, streams, timers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SELECTION = "$request.body."


@dataclass(frozen=True)
class SocketApi:
    """AWS::Serverless::WebSocketApi."""

    stage: str
    selected_by: str  # the member of a message whose value names its route
    routes: Mapping[str, str]  # the function of each route key

    @property
    def path(self) -> str:
        return f"/{self.stage}"


def socket_api(resources: Mapping[str, Any], functions: Mapping[str, str]) -> SocketApi | None:
    for resource in resources.values():
        if resource["Type"] == "AWS::Serverless::WebSocketApi":
            properties = resource["Properties"]
            return SocketApi(
                stage=properties["StageName"],
                selected_by=properties["RouteSelectionExpression"].removeprefix(SELECTION),
                routes=dict(_routes(properties["Routes"], functions)),
            )
    return None


def _routes(declared: Mapping[str, Any], functions: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, route in declared.items():
        logical_id, _, _ = str(route["FunctionArn"]).partition(".")
        yield key, functions[logical_id]
