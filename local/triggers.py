"""What calls the functions of a template, beside its REST API: a WebSocket API, streams, timers."""

from collections.abc import Mapping
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


def socket_api(properties: Mapping[str, Any], functions: Mapping[str, str]) -> SocketApi:
    return SocketApi(
        stage=properties["StageName"],
        selected_by=properties["RouteSelectionExpression"].removeprefix(SELECTION),
        routes={
            key: functions[str(route["FunctionArn"]).partition(".")[0]]
            for key, route in properties["Routes"].items()
        },
    )
