"""Use cases of flows: create, read, update and delete them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.errors import NotFound, Unavailable
from runledger.domain.runs.flows import Flow
from runledger.service import bulk
from runledger.service.deployments import deployment_deletion
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_run_deletion
from runledger.store.deployments.flows import FlowStore
from runledger.store.dynamodb.calls import Deadline
from runledger.store.store import Store

NOT_FOUND = "Flow not found"


class CreatedFlow(NamedTuple):
    """A flow, and whether this call created it."""

    flow: Flow
    new: bool


def create(store: Store, flow: Flow) -> CreatedFlow:
    """Create a flow, or find the one that has its name."""
    stored = retry_on_conflict(lambda: FlowStore.of(store).create(flow))
    return CreatedFlow(stored, new=stored.id == flow.id)


def read(store: Store, flow_id: UUID) -> Flow:
    """Return the flow.

    Raises:
        NotFound: there is none.
    """
    return _found(FlowStore.of(store).read(flow_id))


def read_by_name(store: Store, name: str) -> Flow:
    """Return the flow that has the name.

    Raises:
        NotFound: there is none.
    """
    return _found(FlowStore.of(store).read_by_name(name))


def update(store: Store, flow_id: UUID, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Change fields of a flow.

    Raises:
        NotFound: there is none.
    """

    def changed(flow: Flow) -> Flow:
        return flow.replace(**changes, updated=now)

    _found(retry_on_conflict(lambda: FlowStore.of(store).update(flow_id, changed)))


def _found(flow: Flow | None) -> Flow:
    if flow is None:
        raise NotFound(NOT_FOUND)
    return flow


def delete(store: Store, flow_id: UUID, deadline: Deadline, *, now: datetime) -> None:
    """Remove a flow and, until the deadline, its flow runs and its deployments.

    Raises:
        NotFound: there is none.
    """
    if not _delete_if_exists(store, flow_id):
        raise NotFound(NOT_FOUND)
    with suppress(Unavailable):
        remove_rest(store.with_deadline(deadline), flow_id, now=now)


def delete_all(
    store: Store, ids: Sequence[UUID], deadline: Deadline, *, now: datetime
) -> list[UUID]:
    """Remove flows as `delete` does, and return those that existed."""
    return bulk.delete_each(
        store, ids, deadline, delete=_delete_if_exists, remove_rest=partial(remove_rest, now=now)
    )


def _delete_if_exists(store: Store, flow_id: UUID) -> bool:
    try:
        retry_on_conflict(lambda: FlowStore.of(store).delete(read(store, flow_id)))
    except NotFound:
        return False
    return True


def remove_rest(store: Store, flow_id: UUID, *, now: datetime) -> None:
    """Remove the flow runs and the deployments of a deleted flow."""
    flow_run_deletion.delete_each(store, FlowStore.of(store).flow_runs(flow_id), now=now)
    deployment_deletion.delete_of_flow(store, flow_id, now=now)
