"""WebSocket connections through API Gateway's `@connections`: send, close, check."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError

from runledger.domain.errors import ConnectionClosed, Unavailable

if TYPE_CHECKING:
    from botocore.awsrequest import AWSRequest
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

# API Gateway's DELETE takes no close code and ignores this header; our local gateway reads it.
CLOSE_HEADER = "Runledger-Close"
_closing: ContextVar[str] = ContextVar("closing")

GONE = 410


class ApiGatewayConnections(NamedTuple):
    client: ApiGatewayManagementApiClient

    @classmethod
    def by(cls, client: ApiGatewayManagementApiClient) -> ApiGatewayConnections:
        """Return the connections that a client reaches."""
        client.meta.events.register("before-sign.*.DeleteConnection", _add_close_header)
        return cls(client)

    def send(self, connection_id: str, text: str) -> None:
        """Send a message.

        Raises:
            ConnectionClosed: the connection ended.
            Unavailable: API Gateway does not accept it now.
        """
        self._call("post_to_connection", ConnectionId=connection_id, Data=text.encode())

    def close(self, connection_id: str, code: int, reason: str) -> None:
        """Close a connection; it may have ended already.

        Raises:
            Unavailable: API Gateway does not answer.
        """
        _closing.set(f"{code} {reason}")
        try:
            self._call("delete_connection", ConnectionId=connection_id)
        except ConnectionClosed:
            return

    def is_open(self, connection_id: str) -> bool:
        """Return whether a connection has not ended.

        Raises:
            Unavailable: API Gateway does not answer.
        """
        try:
            self._call("get_connection", ConnectionId=connection_id)
        except ConnectionClosed:
            return False
        return True

    def _call(self, operation: str, **request: Any) -> None:
        try:
            getattr(self.client, operation)(**request)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == GONE:
                raise ConnectionClosed(str(error)) from error
            raise Unavailable(str(error)) from error
        except BotoCoreError as error:
            raise Unavailable(str(error)) from error


def _add_close_header(request: AWSRequest, **_: object) -> None:
    request.headers[CLOSE_HEADER] = _closing.get()
