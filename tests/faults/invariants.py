"""Invariants of a table's contents, whatever failed while functions wrote it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from runledger.domain.runs.flow_runs import FlowRun
from runledger.store import items
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.dynamodb.table import Table
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store
from tests.rights.blocks_in_use import SECRET
from tests.store.support import contents
from tests.store.support.contents import scan
from tests.store.support.counting import assert_counted
from tests.support.databases import DynamoDB

ENTITIES = {keys.TASK_RUN, keys.FLOW_RUN, keys.FLOW, keys.DEPLOYMENT, keys.LIMIT_ID}
# What stays of a thing that was deleted, until it expires.
STAYING = {keys.TOMBSTONE, keys.REMAINDER}


def assert_all_hold(database: DynamoDB) -> None:
    assert_counted(database)
    assert orphans(database) == []
    assert_each_occurrence_has_one_run(database)
    assert_slots_are_counted(database)
    assert_blocks_are_sealed(database)


def orphans(database: DynamoDB) -> list[Key]:
    """Return what is left of things that are gone, or leads to them.

    A timer of what is gone goes when it is due (tests/service/scheduling/).
    """
    table = {key: item for key, item in scan(database).items() if key.pk != keys.TIMERS}
    entities = {key for key in table if key.sk in ENTITIES}
    things = [key for key, item in table.items() if "points_to" not in item]
    ids = {part for key in things for part in "#".join(key).split("#")}
    left = [key for key in table if _is_part(key) and Key(key.pk, _kind(key)) not in entities]
    return left + [
        key for key, item in table.items() if item.get("points_to", "") not in {"", *ids}
    ]


def _is_part(key: Key) -> bool:
    return _kind(key) in ENTITIES and key.sk not in STAYING


def _kind(key: Key) -> str:
    return key.pk.partition("#")[0]


def assert_each_occurrence_has_one_run(database: DynamoDB) -> None:
    """No time of a schedule has two runs."""
    occurrences = Counter(_occurrences(scan(database)))
    assert not [one for one, runs in occurrences.items() if runs > 1]


def _occurrences(table: contents.Table) -> Iterator[tuple[str, datetime]]:
    for key, item in table.items():
        if key.sk != keys.FLOW_RUN:
            continue
        run = items.read_document(FlowRun, item)
        details = run.state and run.state.state_details
        if run.auto_scheduled and run.created_by and details and details.scheduled_time:
            yield run.created_by["id"], details.scheduled_time


def assert_slots_are_counted(database: DynamoDB) -> None:
    """Each slot that a lease holds is counted; others may be, too: those taken without a lease."""
    store = Store(Table(database.client, database.table), shards=1)
    limits = ConcurrencyLimitStore.of(store)
    for seen in limits.read_by_names(limits.names(99)):
        held = sum(lease.slots for lease in LeaseStore.of(store).of_limit(seen.limit.id))
        assert held <= seen.limit.active_slots, seen.limit.name


def assert_blocks_are_sealed(database: DynamoDB) -> None:
    """No block's text is stored in the clear."""
    assert SECRET not in str(scan(database))
