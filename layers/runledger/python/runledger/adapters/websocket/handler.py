"""From an API Gateway WebSocket event to a call of ours."""

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

# What the platform closes a connection with by itself: after ten idle minutes and after two hours,
# and when a gateway restarts that hears its clients out first. The client is still there.
GOING_AWAY, RESTART = 1001, 1012


@dataclass(frozen=True)
class WebSocketEvent:
    """What happened to a connection."""

    event: Mapping[str, Any]
    now: datetime

    @property
    def connection_id(self) -> str:
        """The connection's id."""
        connection_id: str = self.event["requestContext"]["connectionId"]
        return connection_id

    @property
    def path(self) -> str:
        """The path that was asked for: WebSocket APIs have none, so the query carries it."""
        path: str = (self.event.get("queryStringParameters") or {}).get("route", "")
        return path

    @cached_property
    def subprotocols(self) -> tuple[str, ...]:
        """The subprotocols that the client offers."""
        offered = parsing.values_of(self.event).get("sec-websocket-protocol", ())
        return tuple(name.strip() for name in ",".join(offered).split(",") if name.strip())

    @property
    def text(self) -> str:
        """The message; one of bytes stays in base64, which says nothing to anybody."""
        return self.event.get("body") or ""

    @property
    def disconnect(self) -> Disconnect:
        """How the connection ended."""
        code = self.event["requestContext"].get("disconnectStatusCode")
        by_platform = code in {GOING_AWAY, RESTART}
        return Disconnect(at=self.now, by_platform=by_platform, unheard=code == GOING_AWAY)


Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def answer(status: int, **headers: str) -> dict[str, Any]:
    """Spell an answer to a handshake; those to other events go nowhere."""
    return {"statusCode": int(status), "headers": headers}


ACCEPTED = answer(HTTPStatus.OK)
REFUSED = answer(HTTPStatus.FORBIDDEN)


def accept(event: WebSocketEvent) -> dict[str, Any]:
    """Accept a handshake, with the subprotocol if it was offered."""
    if SUBPROTOCOL not in event.subprotocols:
        return ACCEPTED
    return answer(HTTPStatus.OK, **{"Sec-WebSocket-Protocol": SUBPROTOCOL})


def websocket(react: Callable[[WebSocketEvent], dict[str, Any]]) -> Handler:
    """Make a Lambda handler of a function from an event to an answer.

    It never fails: API Gateway would send the client an error message that it can't understand.
    """

    @wraps(react)
    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        with measured() as meter:
            try:
                answered = react(WebSocketEvent(event, datetime.now(UTC)))
            except Exception:  # noqa: BLE001 - see above
                logger.exception("unexpected error")
                answered = answer(HTTPStatus.INTERNAL_SERVER_ERROR)
        status = answered["statusCode"]
        route = event["requestContext"]["routeKey"]
        logger.info("answered", extra={"status": status, "route": route, **meter.log_fields()})
        count("Failed" if status == HTTPStatus.INTERNAL_SERVER_ERROR else "Answered")
        return answered if route == "$connect" else ACCEPTED

    return handler
