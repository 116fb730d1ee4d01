"""Lambda handler decorator for API Gateway's WebSocket events."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, wraps
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from runledger.adapters import parsing
from runledger.adapters.observability import count, logger
from runledger.domain.websocket.protocol import SUBPROTOCOL
from runledger.domain.websocket.task_workers import Disconnect
from runledger.metering import measured

# Close codes of the platform itself: 1001 after ten idle minutes or two hours, 1012 when a gateway
# restarts, after it has read its clients' messages. The client is still there.
GOING_AWAY, RESTART = 1001, 1012


@dataclass
class WebSocketEvent:
    """An event of a connection, when it was received, and the caller's name once it is known."""

    event: Mapping[str, Any]
    now: datetime
    principal: str = ""

    @property
    def connection_id(self) -> str:
        connection_id: str = self.event["requestContext"]["connectionId"]
        return connection_id

    @property
    def path(self) -> str:
        """The requested path: WebSocket APIs have none, so a query parameter carries it."""
        path: str = (self.event.get("queryStringParameters") or {}).get("route", "")
        return path

    @cached_property
    def subprotocols(self) -> tuple[str, ...]:
        """The subprotocols that the client offers."""
        offered = parsing.header_values(self.event).get("sec-websocket-protocol", ())
        return tuple(name.strip() for name in ",".join(offered).split(",") if name.strip())

    @property
    def text(self) -> str:
        """The message; a binary one stays in base64, and is not valid JSON."""
        return self.event.get("body") or ""

    @property
    def disconnect(self) -> Disconnect:
        """The end of the connection, and whether the platform ended it."""
        code = self.event["requestContext"].get("disconnectStatusCode")
        by_platform = code in {GOING_AWAY, RESTART}
        return Disconnect(at=self.now, by_platform=by_platform, unheard=code == GOING_AWAY)


Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def answer(status: int, **headers: str) -> dict[str, Any]:
    """Return the response to a handshake; API Gateway ignores those to other events."""
    return {"statusCode": int(status), "headers": headers}


ACCEPTED = answer(HTTPStatus.OK)
REFUSED = answer(HTTPStatus.FORBIDDEN)


def accept(event: WebSocketEvent) -> dict[str, Any]:
    """Accept a handshake, with the subprotocol if the client offers it."""
    if SUBPROTOCOL not in event.subprotocols:
        return ACCEPTED
    return answer(HTTPStatus.OK, **{"Sec-WebSocket-Protocol": SUBPROTOCOL})


def websocket(react: Callable[[WebSocketEvent], dict[str, Any]]) -> Handler:
    """Make a Lambda handler of a function from an event to a response.

    It never fails: API Gateway would send the client an error message outside the protocol.
    """

    @wraps(react)
    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        received = WebSocketEvent(event, datetime.now(UTC))
        with measured() as meter:
            try:
                response = react(received)
            except Exception:  # noqa: BLE001 - see above
                logger.exception("unexpected error")
                response = answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        status = response["statusCode"]
        route = event["requestContext"]["routeKey"]
        principal = {"principal": received.principal} if received.principal else {}
        known = {"status": status, "route": route, **principal}
        logger.info("answered", extra={**known, **meter.log_fields()})
        count("Failed" if status == HTTPStatus.INTERNAL_SERVER_ERROR else "Answered")
        return response if route == "$connect" else ACCEPTED

    return handler
