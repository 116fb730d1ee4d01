"""Views of work pools, their queues and workers (docs/contract/work-pools.md)."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.work_pools import creation
from runledger.domain.work_pools.pools import (
    AGENT_TYPE,
    WorkPool,
    WorkPoolStatus,
    WorkQueue,
    WorkQueueStatus,
    is_reserved,
)
from runledger.domain.work_pools.workers import PoolWorker, ShownWorker, WorkerStatus

NOW = datetime(2030, 1, 1, tzinfo=UTC)
POOL, QUEUE = UUID(int=1), UUID(int=2)


def pool(**fields: Any) -> WorkPool:
    usual: dict[str, Any] = {"name": "p", "type": "process", "default_queue_id": QUEUE}
    return WorkPool(id=POOL, created=NOW, updated=NOW, **usual | fields)


@pytest.mark.parametrize(
    ("fields", "has_worker", "status"),
    [
        ({}, False, WorkPoolStatus.NOT_READY),
        ({}, True, WorkPoolStatus.READY),
        ({"is_paused": True}, True, WorkPoolStatus.PAUSED),
        ({"type": AGENT_TYPE, "is_paused": True}, True, None),
    ],
)
def test_a_pool_is_ready_while_it_has_a_worker(
    *, fields: dict[str, Any], has_worker: bool, status: WorkPoolStatus | None
) -> None:
    assert pool(**fields).status(has_worker=has_worker) == status


@pytest.mark.parametrize(
    ("is_paused", "was_polled", "status"),
    [
        (False, False, WorkQueueStatus.NOT_READY),
        (False, True, WorkQueueStatus.READY),
        (True, True, WorkQueueStatus.PAUSED),
    ],
)
def test_a_queue_is_ready_while_it_is_polled(
    *, is_paused: bool, was_polled: bool, status: WorkQueueStatus
) -> None:
    made = {"id": QUEUE, "created": NOW, "updated": NOW, "name": "q", "priority": 1}
    queue = WorkQueue.model_validate(made | {"status_paused": is_paused})
    assert queue.status(was_polled=was_polled) == status


def test_the_pool_of_queues_that_name_none_has_a_default_queue() -> None:
    document = creation.new_agent_pool(POOL, QUEUE, NOW)
    assert (document.pool.name, document.pool.type) == ("default-agent-pool", AGENT_TYPE)
    assert document.default_queue == document.queue("default") == document.queue_by_id(QUEUE)
    assert document.queue("other") is None


def test_a_worker_is_filtered_by_its_last_heartbeat() -> None:
    worker = PoolWorker(
        id=UUID(int=3),
        created=NOW,
        updated=NOW,
        name="w",
        work_pool_id=POOL,
        last_heartbeat_time=NOW,
    )
    assert ShownWorker(worker, WorkerStatus.ONLINE).last_heartbeat_time == NOW


@pytest.mark.parametrize("name", ["prefect", "Prefect-pool"])
def test_names_of_the_reference_are_reserved(name: str) -> None:
    assert is_reserved(name)
    assert not is_reserved(f"my-{name}")
