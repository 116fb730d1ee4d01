"""Events in the table."""

from dataclasses import dataclass
from datetime import timedelta

from runledger.domain.events import ReceivedEvent
from runledger.store import event_keys
from runledger.store.expressions import ABSENT
from runledger.store.failures import Refused
from runledger.store.table import Table
from runledger.store.writes import Put, Write


@dataclass(frozen=True)
class EventStore:
    """What is asked of the table about events, which are kept for a while."""

    table: Table
    shards: int
    retention: timedelta

    def keep(self, event: ReceivedEvent, *writes: Write) -> bool:
        """Store an event together with what follows from it; return whether it was a new one.

        Nothing is written of one that is known.

        Raises:
            Refused: what follows from it met something else than it expected.
        """
        try:
            self.table.write(*writes, self._put(event))
        except Refused as refused:
            is_known, _ = refused.met[-1]
            if not is_known:
                raise
            return False
        return True

    def _put(self, event: ReceivedEvent) -> Put:
        item = event_keys.event(event, self.shards)._asdict() | {
            "body": event.model_dump_json(),
            "expires_at": int((event.received + self.retention).timestamp()),
        }
        return Put(item, ABSENT)
