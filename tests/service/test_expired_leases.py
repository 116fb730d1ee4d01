from datetime import UTC, datetime, timedelta
from uuid import uuid4

from runledger.api.bodies import StateCreate
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.concurrency_limits import ConcurrencyLimit, tag_limit_name
from runledger.domain.orchestration.transitions import Status
from runledger.domain.runs.states import StateType
from runledger.service.concurrency import concurrency_limits, slots
from runledger.service.concurrency.slots import SlotRequest, Term
from runledger.service.runs import task_run_creation, task_run_states
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.support.databases import DynamoDB

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RUNNING = StateCreate(type=StateType.RUNNING)
HELD = timedelta(seconds=60)


def test_a_run_starts_when_the_lease_that_filled_its_tags_limit_has_expired(
    on_dynoxide: DynamoDB,
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=1)
    limit = ConcurrencyLimit(
        id=uuid4(), created=NOW, updated=NOW, counted=NOW, name=tag_limit_name("few"), limit=1
    )
    concurrency_limits.create(store, limit)
    term = Term(holder=None, seconds=HELD.total_seconds())
    slots.take_on_lease(store, SlotRequest([limit.name], 1), term, now=NOW)
    asked = TaskRunCreate(task_key="t", dynamic_key="d", tags=["few"])
    run = task_run_creation.create(store, asked.to_run(NOW), asked.proposed(NOW), now=NOW).run

    answers = [
        task_run_states.set_state(
            store, run.id, RUNNING.proposed(then), force=False, now=then
        ).status
        for then in (NOW + HELD / 2, NOW + 2 * HELD)
    ]

    assert answers == [Status.WAIT, Status.ACCEPT]
