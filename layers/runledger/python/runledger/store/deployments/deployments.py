"""Deployments in the table."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.errors import WriteConflict
from runledger.parallel import run_in_parallel
from runledger.store import items
from runledger.store.concurrency.limit_changes import NO_CHANGE, LimitChange
from runledger.store.deployments import deployment_items, schedulings
from runledger.store.deployments.deployment_items import POLLED, SeenDeployment
from runledger.store.deployments.schedulings import SchedulingChange
from runledger.store.dynamodb.conditions import Attr, Condition
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, PRESENT, has_version, in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Add, Delete, Item, Put, Write
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Shards, Store


class DeploymentStore(NamedTuple):
    """Deployments in the table.

    Every writing method raises `WriteConflict` when the deployment changed since it was read.
    """

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

    def read(self, deployment_id: UUID) -> SeenDeployment | None:
        """Return the deployment as last acknowledged."""
        item = self.table.read(keys.deployment(deployment_id))
        return deployment_items.read_deployment(item) if item else None

    def read_by_name(self, flow_id: UUID, name: str) -> SeenDeployment | None:
        """Return the flow's deployment that has the name."""
        pointer = self.table.read(keys.deployment_of_flow(flow_id, name))
        return self.read(items.pointed_to(pointer)) if pointer else None

    def of_flow(self, flow_id: UUID) -> list[UUID]:
        """Return the ids of the flow's deployments, by a consistent read."""
        return self._pointed_to(keys.flow(flow_id).pk, keys.DEPLOYMENT)

    def flow_runs(self, deployment_id: UUID) -> list[UUID]:
        """Return the ids of the deployment's flow runs."""
        return self._pointed_to(keys.deployment(deployment_id).pk, keys.FLOW_RUN)

    def of_queues(self, pool: str, queues: AbstractSet[UUID]) -> list[UUID]:
        """Return the ids of the deployments whose runs go to one of a pool's queues."""
        entries = in_partition(keys.work_pool(pool).pk, keys.under(keys.DEPLOYMENT))
        found = self.table.query(Query(entries))
        return [items.pointed_to(item) for item in found if UUID(item["queue"]) in queues]

    def _pointed_to(self, pk: str, kind: str) -> list[UUID]:
        pointers = in_partition(pk, keys.under(kind))
        return [items.pointed_to(item) for item in self.table.query(Query(pointers))]

    def create(self, deployment: Deployment, now: datetime, limit: LimitChange = NO_CHANGE) -> None:
        claim = keys.deployment_of_flow(deployment.flow_id, deployment.name)
        self._write(
            deployment,
            self._put(SeenDeployment(deployment), ABSENT),
            Put(items.pointer_item(claim, deployment.id), ABSENT),
            Add(keys.flow(deployment.flow_id), {"deployments": 1}, PRESENT),
            *map(Put, _queue_entries(deployment)),
            *schedulings.change_writes((), deployment, SchedulingChange(now, added=True)),
            *limit.writes(),
        )

    def rewrite(
        self,
        seen: SeenDeployment,
        deployment: Deployment,
        *,
        change: SchedulingChange | None,
        limit: LimitChange = NO_CHANGE,
    ) -> None:
        """Replace the deployment that was read, and mark what that changes of its coming runs."""
        after = SeenDeployment(deployment, seen.version + 1, seen.pieces)
        self._write(
            deployment,
            self._put(after, has_version(seen.version)),
            *items.replacement_writes(_queue_entries(seen.deployment), _queue_entries(deployment)),
            *schedulings.change_writes(seen.deployment.schedules, deployment, change),
            *limit.writes(),
        )

    def record_polls(
        self, deployment_ids: Iterable[UUID], now: datetime, precision: timedelta
    ) -> None:
        """Store that deployments were polled, unless that was stored so short a time ago.

        They are read first: a write costs five times as much, also one that is refused.
        """
        polled = list(dict.fromkeys(map(keys.deployment, deployment_ids)))
        found = self.table.read_many(polled, (*Key._fields, POLLED), whole=False)
        recorded = (now - precision).isoformat()
        due = (key for key, item in found.items() if item.get(POLLED, "") < recorded)

        def record(key: Key) -> None:
            is_older = Attr(POLLED).not_exists() | Attr(POLLED).lt(recorded)
            with suppress(ConditionFailed):
                self.table.write(Add(key, {}, PRESENT & is_older, {POLLED: now.isoformat()}))

        run_in_parallel(record, due)

    def delete(self, seen: SeenDeployment, limit: LimitChange = NO_CHANGE) -> None:
        """Remove a deployment with its name; its runs stay. Its flow may be gone already."""
        deployment = seen.deployment
        removal = (
            Delete(keys.deployment(deployment.id), has_version(seen.version)),
            Delete(keys.deployment_of_flow(deployment.flow_id, deployment.name)),
            *(Delete(keys.of(entry)) for entry in _queue_entries(deployment)),
            Delete(keys.scheduling(deployment.id)),
            *limit.writes(),
        )
        count = Add(keys.flow(deployment.flow_id), {"deployments": -1}, PRESENT)
        try:
            self.table.write(*removal, count)
        except ConditionFailed as failed:
            flow_is_gone, _ = failed.met[-1]
            if not flow_is_gone:
                raise WriteConflict(str(deployment.id)) from failed
            self._write(deployment, *removal)

    def _put(self, seen: SeenDeployment, expect: Condition) -> Put:
        item = deployment_items.deployment_item(seen, shards=self.shards.written)
        return Put(items.check_facts(item), expect, seen.pieces)

    def _write(self, deployment: Deployment, *writes: Write) -> None:
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict(str(deployment.id)) from failed


def _queue_entries(deployment: Deployment) -> list[Item]:
    """Spell the entry of a deployment in the pool of its queue, if it has one."""
    pool, queue = deployment.work_pool_name, deployment.work_queue_id
    if pool is None or queue is None:
        return []
    entry = items.pointer_item(keys.deployment_of_pool(pool, deployment.id), deployment.id)
    return [{**entry, "queue": str(queue)}]
