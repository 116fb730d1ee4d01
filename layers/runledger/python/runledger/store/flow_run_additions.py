"""Task runs that are added to flow runs which were deleted, or ended long ago.

Who removes a flow run that is to leave (`store.retention`) has seen that no task run is in it, and
expects the version that it had then. What is added to a flow run that ended long ago raises its
version; whoever ended more recently does not leave before the request is over.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import TERMINAL
from runledger.store import items
from runledger.store.dynamodb.expressions import PRESENT
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import KnownTombstones, Store

# Longer than a request lasts, and shorter than a run is kept.
LONG_AGO = timedelta(hours=1)

# The attributes of a flow run's item that tell of its end, and the key.
END_ATTRIBUTES = (*Key._fields, "state_shard", "end")


class Addition(NamedTuple):
    """The writes beside a new task run, unless its flow run `was_deleted`."""

    writes: tuple[Write, ...] = ()
    was_deleted: bool = False


class FlowRunAdditionStore(NamedTuple):
    """Finds out what an event meets that adds a task run to a flow run."""

    table: Table
    known: KnownTombstones

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.known_tombstones)

    def read(self, flow_run_id: UUID, now: datetime) -> Addition:
        """Return what goes with a new task run, as of some seconds ago."""
        known = self.known.lookup(flow_run_id, now)
        if known is not None:
            return Addition(was_deleted=known)
        tombstone, flow_run = keys.tombstone(flow_run_id), keys.flow_run(flow_run_id)
        found = self.table.read_many([tombstone, flow_run], END_ATTRIBUTES, whole=False)
        ended = items.end_of(found[flow_run]) if flow_run in found else None
        addition = Addition(_writes(flow_run_id, ended, now), tombstone in found)
        if not addition.writes:
            self.known.put(flow_run_id, now, found=addition.was_deleted)
        return addition


def writes_beside_new(flow_run: FlowRun | None, now: datetime) -> tuple[Write, ...]:
    """Return what is written with a new task run in a flow run that was read."""
    if flow_run is None or flow_run.state_type not in TERMINAL:
        return ()
    return _writes(flow_run.id, flow_run.end_time, now)


def _writes(flow_run_id: UUID, ended: datetime | None, now: datetime) -> tuple[Write, ...]:
    if ended is None or ended > now - LONG_AGO:
        return ()
    return (Add(keys.flow_run(flow_run_id), {"version": 1}, PRESENT),)
