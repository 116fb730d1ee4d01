"""Deployments in the table."""

from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.errors import WriteConflict
from runledger.store import items
from runledger.store.deployments import deployment_items
from runledger.store.deployments.deployment_items import SeenDeployment
from runledger.store.dynamodb.conditions import Condition
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, PRESENT, has_version, in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Add, Delete, Put, Write
from runledger.store.schema import keys
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

    def _pointed_to(self, pk: str, kind: str) -> list[UUID]:
        pointers = in_partition(pk, keys.under(kind))
        return [items.pointed_to(item) for item in self.table.query(Query(pointers))]

    def create(self, deployment: Deployment) -> None:
        """Store a new deployment; its name must be new in its flow."""
        claim = keys.deployment_of_flow(deployment.flow_id, deployment.name)
        self._write(
            deployment,
            self._put(SeenDeployment(deployment), ABSENT),
            Put(items.pointer_item(claim, deployment.id), ABSENT),
            Add(keys.flow(deployment.flow_id), {"deployments": 1}, PRESENT),
        )

    def rewrite(self, seen: SeenDeployment, deployment: Deployment) -> None:
        """Replace the deployment that was read."""
        after = SeenDeployment(deployment, seen.version + 1, seen.pieces)
        self._write(deployment, self._put(after, has_version(seen.version)))

    def delete(self, seen: SeenDeployment) -> None:
        """Remove a deployment with its name; its runs stay. Its flow may be gone already."""
        deployment = seen.deployment
        removal = (
            Delete(keys.deployment(deployment.id), has_version(seen.version)),
            Delete(keys.deployment_of_flow(deployment.flow_id, deployment.name)),
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
