"""Bodies about events (contract, neighbours 8)."""

from pydantic import RootModel

from runledger.domain.events import Event


class Events(RootModel[list[Event]]):
    """POST /events."""
