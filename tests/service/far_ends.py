"""The far ends of connections, where API Gateway would be: who is there hears what is posted."""

from typing import Any

from botocore.exceptions import ClientError
from botocore.hooks import HierarchicalEmitter


class Meta:
    events = HierarchicalEmitter()


class FarEnds:
    """Stands where boto3's client of `@connections` does."""

    meta = Meta()

    def __init__(self) -> None:
        self.open: dict[str, list[str]] = {}

    def post_to_connection(self, *, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - boto3's
        self._there(ConnectionId).append(Data.decode())

    def get_connection(self, *, ConnectionId: str) -> None:  # noqa: N803
        self._there(ConnectionId)

    def delete_connection(self, *, ConnectionId: str) -> None:  # noqa: N803
        self._there(ConnectionId)
        del self.open[ConnectionId]

    def _there(self, connection_id: str) -> list[str]:
        if connection_id not in self.open:
            change_of: Any = {
                "Error": {"Code": "GoneException", "Message": ""},
                "ResponseMetadata": {"HTTPStatusCode": 410},
            }
            raise ClientError(change_of, "any")
        return self.open[connection_id]
