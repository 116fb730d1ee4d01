"""The flow: the named parent of flow runs."""

from datetime import datetime
from uuid import UUID

from runledger.domain.values import Labels, Value


class Flow(Value):
    """A flow (docs/contract/neighbours.md 2)."""

    id: UUID
    created: datetime
    updated: datetime
    name: str
    tags: tuple[str, ...] = ()
    labels: Labels | None = None
