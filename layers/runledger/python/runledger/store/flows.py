"""Flows in the table."""

from dataclasses import dataclass
from uuid import UUID

from runledger.domain.errors import Moved
from runledger.domain.flows import Flow
from runledger.store import items, keys
from runledger.store.expressions import ABSENT, PRESENT, in_partition
from runledger.store.failures import Refused
from runledger.store.table import Query, Table
from runledger.store.writes import Delete, Put


@dataclass(frozen=True)
class FlowStore:
    """What is asked of the table about flows."""

    table: Table
    shards: int

    def read(self, flow_id: UUID) -> Flow | None:
        """Return the flow as last acknowledged."""
        item = self.table.read(keys.flow(flow_id))
        return items.read_document(Flow, item) if item else None

    def read_by_name(self, name: str) -> Flow | None:
        """Return the flow that has the name."""
        pointer = self.table.read(keys.flow_name(name))
        return self.read(items.pointed_to(pointer)) if pointer else None

    def create(self, flow: Flow) -> Flow:
        """Store a new flow, or return the one that has its name already.

        Raises:
            Moved: the flow that had the name was deleted meanwhile.
        """
        try:
            self.table.write(
                Put(items.flow_item(flow, shards=self.shards), ABSENT),
                Put(items.pointer_item(keys.flow_name(flow.name), flow.id), ABSENT),
            )
        except Refused as refused:
            first = self.read_by_name(flow.name)
            if first is None:
                raise Moved(flow.name) from refused
            return first
        return flow

    def flow_runs(self, flow: Flow) -> list[UUID]:
        """Return the ids of the flow's runs, every acknowledged one among them."""
        runs = in_partition(keys.flow(flow.id).pk, keys.under(keys.FLOW_RUN))
        return [items.pointed_to(item) for item in self.table.query(Query(runs))]

    def delete(self, flow: Flow) -> None:
        """Remove a flow that has no runs any more, with its name.

        Raises:
            Moved: it is gone, and its name may be another flow's by now.
        """
        try:
            self.table.write(Delete(keys.flow(flow.id), PRESENT), Delete(keys.flow_name(flow.name)))
        except Refused as refused:
            raise Moved(flow.name) from refused
