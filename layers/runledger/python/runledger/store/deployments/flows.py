"""Flows in the table."""

from collections.abc import Callable, Iterator
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.errors import WriteConflict
from runledger.domain.runs.flows import Flow
from runledger.store import items
from runledger.store.deployments import flow_items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, PRESENT, has_version, in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Add, Delete, Put
from runledger.store.schema import keys
from runledger.store.store import Shards, Store


class FlowStore(NamedTuple):
    """Flows in the table."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

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
            WriteConflict: the flow that had the name was deleted meanwhile.
        """
        try:
            self.table.write(
                Put(flow_items.flow_item(flow, shards=self.shards.written), ABSENT),
                Put(items.pointer_item(keys.flow_name(flow.name), flow.id), ABSENT),
            )
        except ConditionFailed as failed:
            first = self.read_by_name(flow.name)
            if first is None:
                raise WriteConflict(flow.name) from failed
            return first
        return flow

    def update(self, flow_id: UUID, change: Callable[[Flow], Flow]) -> Flow | None:
        """Apply a change to a flow, which keeps its name; return None if there is no such flow.

        Raises:
            WriteConflict: the flow changed meanwhile.
        """
        key = keys.flow(flow_id)
        item = self.table.read(key)
        if item is None:
            return None
        flow = change(items.read_document(Flow, item))
        # Not a `Put`: the item also counts the flow's deployments, which do not change its version.
        attributes = flow_items.updated_attributes(flow)
        is_unchanged = has_version(int(item["version"]))
        try:
            self.table.write(Add(key, {"version": 1}, is_unchanged, attributes))
        except ConditionFailed as failed:
            raise WriteConflict(flow.name) from failed
        return flow

    def flow_runs(self, flow_id: UUID) -> Iterator[UUID]:
        """Yield the ids of the flow's runs, by a consistent read."""
        runs = in_partition(keys.flow(flow_id).pk, keys.under(keys.FLOW_RUN))
        return (items.pointed_to(item) for item in self.table.query(Query(runs)))

    def delete(self, flow: Flow) -> None:
        """Remove a flow and its name; its runs and deployments stay.

        Raises:
            WriteConflict: the flow was deleted, and its name may be another flow's by now.
        """
        try:
            self.table.write(Delete(keys.flow(flow.id), PRESENT), Delete(keys.flow_name(flow.name)))
        except ConditionFailed as failed:
            raise WriteConflict(flow.name) from failed
