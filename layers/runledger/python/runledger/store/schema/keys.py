"""Every key of the table: no other module spells one.

| item                        | pk                     | sk                          |
|-----------------------------|------------------------|-----------------------------|
| task run                    | TASK_RUN#<id>          | TASK_RUN                    |
| its earlier states          | TASK_RUN#<id>          | STATES#<number>             |
| flow runs it is parent of   | TASK_RUN#<id>          | SUBFLOW#<flow run id>       |
| its tags                    | TASK_RUN#<id>          | TAG#<tag>, or TAG#*: many   |
| its key, in a flow run      | TASK_KEYS#<id>#<shard> | TASK_KEY#<key>              |
| its key, without a flow run | TASK_KEY#<key>         | TASK_KEY                    |
| flow run                    | FLOW_RUN#<id>          | FLOW_RUN                    |
| its earlier states          | FLOW_RUN#<id>          | STATES#<number>             |
| its tags                    | FLOW_RUN#<id>          | TAG#<tag>, or TAG#*: many   |
| its inputs                  | FLOW_RUN#<id>          | INPUT#<key>                 |
| results of a cache key      | CACHE#<cache key>      | CACHE                       |
| flow                        | FLOW#<id>              | FLOW                        |
| its name                    | FLOW_NAME#<name>       | FLOW_NAME                   |
| flow runs of it             | FLOW#<id>              | FLOW_RUN#<flow run id>      |
| their idempotency keys      | FLOW#<id>              | IDEMPOTENCY#<key>           |
| deployments of it, by name  | FLOW#<id>              | DEPLOYMENT#<name>           |
| deployment                  | DEPLOYMENT#<id>        | DEPLOYMENT                  |
| flow runs of it             | DEPLOYMENT#<id>        | FLOW_RUN#<flow run id>      |
| how far they are scheduled  | DEPLOYMENT#<id>        | SCHEDULING                  |
| scheduled run of it         | DEPLOYMENT#<id>        | COMING#<time>#<flow run id> |
| ... that is late            | DEPLOYMENT#<id>        | OVERDUE#<flow run id>       |
| what is to be done, in time | TIMERS                 | <time>#<kind>#<id>          |
| concurrency limit           | LIMIT#<name>           | LIMIT                       |
| its name                    | LIMIT_ID#<id>          | LIMIT_ID                    |
| slots held of it            | LIMIT_ID#<id>          | SLOT#<lease id>             |
| all limits, by name         | LIMITS                 | LIMIT#<sort key of the name>|
| lease that can be renewed   | LEASE#<id>             | LEASE                       |
| work pool, with its queues  | WORK_POOL#<name>       | POOL                        |
| polls of its queues         | WORK_POOL#<name>       | POLLED                      |
| its workers                 | WORK_POOL#<name>       | HEARTBEAT#<name>            |
| deployments of its queues   | WORK_POOL#<name>       | DEPLOYMENT#<id>             |
| runs scheduled in it        | WORK_POOL#<name>       | SCHEDULED#<time>#<run id>   |
| runs that hold slots of it  | WORK_SLOTS#<name>      | SLOT#<queue id>#<run id>    |
| pool of a queue             | WORK_QUEUE#<id>        | WORK_QUEUE                  |
| all pools, by name          | WORK_POOLS             | WORK_POOL#<sort key of name>|
| run that waits for a worker | QUEUE#<queue>#<shard>  | <0: again, 1>#<time>#<state>|
| WebSocket connection        | CONNECTION#<id>        | CONNECTION                  |
| its task worker             | CONNECTION#<id>        | TASK_WORKER                 |
| all task workers            | TASK_WORKERS           | TASK_WORKER#<connection>    |
| cascade delete that goes on | <that of the deleted>  | REMAINDER                   |
| flow run that was deleted   | FLOW_RUN#<id>          | TOMBSTONE                   |
| run that leaves, and when   | <that of the run>      | RETENTION                   |
| piece of a large document   | <that of its item>     | DOCUMENT_PIECE#<id>#<piece> |
| document of a noun          | DOCUMENTS#<noun>#<part>| DOCUMENT#<id>               |
| what is unique of it        | NAME#<noun>#<names>    | NAME                        |
| artifact                    | ARTIFACT#<id>          | ARTIFACT                    |
| artifacts of a key, by time | ARTIFACT_KEY#<key>     | ARTIFACT#<created, id>      |
| the latest of each key      | ARTIFACT_COLLECTIONS#<part> | COLLECTION#<key> |
| setting of the server       | SETTING#<name>         | SETTING                     |
| chunk of log lines          | LOGS#<key of its run>  | `logs.chunk_sort_key`      |
| ... of no run               | LOGS#<shard>           | the same                    |
| event, of a day             | EVENTS#<date>#<shard>  | <time>#<event id>           |
| subscriber to events        | LISTENERS              | LISTENER#<connection>       |
| ... to log lines            | LOG_LISTENERS          | the same                    |
| run of a state with this id | STATE_ID#<id>          | STATE_ID                    |
| type and name of states     | OBSERVED               | <TYPE>#<name>               |
| runs counted by state type  | COUNT#<kind>#<number>  | COUNT                       |
| changes that it has counted | COUNT#<kind>#<number>  | COUNTED#<span>#<time>#<id>  |
| key of a caller             | API_KEYS               | API_KEY#<id>                |

| index                   | hash                               | range                |
|-------------------------|------------------------------------|----------------------|
| by_owner                | owner: FLOW_RUN#<id>, FLOW#<id>    | id                   |
| by_owner, of a tag      | owner: TAG#<kind>#<tag>#<shard>    | id: that of the run  |
| by_owner, of a chunk    | owner: TASK_RUN#<id>               | id: sk               |
| ..., of an artifact     | owner: ARTIFACTS#<pk of its run>   | id                   |
| ..., of a connection    | owner: API_KEY#<id>                | id: the connection's |
| by_state                | state_shard: <kind>#<TYPE>#<shard> | expected_start       |
| by_state, of a chunk    | state_shard: LOGS#<shard>          | expected_start: sk   |
| by_expected_start       | shard: <kind>#<shard>              | expected_start       |
| by_next_scheduled_start | shard                              | next_scheduled_start |
| by_name                 | shard                              | name_key             |
| ..., of an artifact     | shard                              | <task run>#<id>      |
| by_start                | shard                              | start                |
| by_end                  | shard                              | end                  |
| by_duration             | shard: TASK_RUN#<shard>            | duration             |
| by_id                   | id_shard: <kind>#<shard>           | id                   |

A <kind> is the name of an entity type, such as TASK_RUN. `sort_keys` spells the sort keys that
give index entries their order, and says which runs have entries. Long texts are hashed.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from runledger.store.schema import sort_keys
from runledger.store.schema.sort_keys import AFTER_SEPARATOR, SEPARATOR, bounded, join

if TYPE_CHECKING:
    from runledger.domain.events.events import Event
    from runledger.domain.logs import Log


class Key(NamedTuple):
    """The primary key of an item."""

    pk: str
    sk: str


def of(item: Mapping[str, Any]) -> Key:
    """Return the primary key of an item or an index entry."""
    return Key(item["pk"], item["sk"])


TASK_RUN, FLOW_RUN, FLOW, OBSERVED = "TASK_RUN", "FLOW_RUN", "FLOW", "OBSERVED"
STATES, SUBFLOW, TASK_KEY, IDEMPOTENCY = "STATES", "SUBFLOW", "TASK_KEY", "IDEMPOTENCY"
TASK_KEYS, STATE_ID = "TASK_KEYS", "STATE_ID"
RUNS = (TASK_RUN, FLOW_RUN)
LIMIT, LIMIT_ID, LIMITS, SLOT, LEASE = "LIMIT", "LIMIT_ID", "LIMITS", "SLOT", "LEASE"
SCHEDULING, COMING, OVERDUE, TIMERS = "SCHEDULING", "COMING", "OVERDUE", "TIMERS"
FLOW_NAME, CACHE, DEPLOYMENT, TAG = "FLOW_NAME", "CACHE", "DEPLOYMENT", "TAG"
COUNT, COUNTED = "COUNT", "COUNTED"
QUEUE, CONNECTION, UNAUTHENTICATED = "QUEUE", "CONNECTION", "UNAUTHENTICATED"
TASK_WORKER, TASK_WORKERS = "TASK_WORKER", "TASK_WORKERS"
REMAINDER, TOMBSTONE, INPUT, EVENTS, LOGS = "REMAINDER", "TOMBSTONE", "INPUT", "EVENTS", "LOGS"
RETENTION = "RETENTION"
LISTENER, LISTENERS, LOG_LISTENERS = "LISTENER", "LISTENERS", "LOG_LISTENERS"
API_KEY, API_KEYS, SETTING = "API_KEY", "API_KEYS", "SETTING"
ARTIFACT, ARTIFACTS, ARTIFACT_KEY = "ARTIFACT", "ARTIFACTS", "ARTIFACT_KEY"
ARTIFACT_COLLECTIONS, COLLECTION = "ARTIFACT_COLLECTIONS", "COLLECTION"
DOCUMENT, DOCUMENTS, NAME = "DOCUMENT", "DOCUMENTS", "NAME"
WORK_POOL, WORK_POOLS = "WORK_POOL", "WORK_POOLS"
WORK_QUEUE, WORK_SLOTS = "WORK_QUEUE", "WORK_SLOTS"
POOL, POLLED, HEARTBEAT, SCHEDULED = "POOL", "POLLED", "HEARTBEAT", "SCHEDULED"

# For the keys of a flow run's task runs, of two write units each; unique, as it never changes.
TASK_KEY_SHARDS = 2

# The partitions of the latest artifacts of all keys; unique, as it never changes.
COLLECTION_PARTITIONS = 4

# Sorts before all else in the partition of a task run, which is often read without its pieces.
DOCUMENT_PIECE = "DOCUMENT_PIECE"

# Sorts after every word that begins a sort key, and after every key of an input.
AFTER_WORDS = "~"

under = sort_keys.under

MANY_TAGS = "*"
"""The tag of a run that has too many tags for an item each; no tag is spelled so."""


def task_run(run_id: UUID) -> Key:
    return Key(join(TASK_RUN, run_id), TASK_RUN)


def task_key(flow_run_id: UUID | None, task_key: str, dynamic_key: str) -> Key:
    """The item that makes (flow_run_id, task_key, dynamic_key) unique; <id> is the flow run's."""
    key = join(TASK_KEY, bounded(task_key, dynamic_key))
    if flow_run_id is None:
        return Key(key, TASK_KEY)
    number = zlib.crc32(key.encode()) % TASK_KEY_SHARDS
    return Key(join(TASK_KEYS, flow_run_id, number), key)


def task_keys(flow_run_id: UUID) -> tuple[str, ...]:
    """The partitions that together have the keys of a flow run's task runs."""
    return tuple(join(TASK_KEYS, flow_run_id, number) for number in range(TASK_KEY_SHARDS))


def flow_run(run_id: UUID) -> Key:
    return Key(join(FLOW_RUN, run_id), FLOW_RUN)


def earlier_states(of_run: Key, number: int) -> Key:
    """Past states for which a run's item has no room."""
    return Key(of_run.pk, join(STATES, f"{number:06}"))


def is_earlier_states(key: Key) -> bool:
    return key.sk.startswith(under(STATES)[0])


def state_id(state_id: UUID) -> Key:
    """The item that leads from a state, whose id a client has made, to its run."""
    return Key(join(STATE_ID, state_id), STATE_ID)


def subflow(parent_task_run_id: UUID, flow_run_id: UUID) -> Key:
    return Key(task_run(parent_task_run_id).pk, join(SUBFLOW, flow_run_id))


def flow(flow_id: UUID) -> Key:
    return Key(join(FLOW, flow_id), FLOW)


def flow_name(name: str) -> Key:
    return Key(join(FLOW_NAME, bounded(name)), FLOW_NAME)


def flow_run_of_flow(flow_id: UUID, flow_run_id: UUID) -> Key:
    return Key(flow(flow_id).pk, join(FLOW_RUN, flow_run_id))


def idempotency(flow_id: UUID, idempotency_key: str) -> Key:
    return Key(flow(flow_id).pk, join(IDEMPOTENCY, bounded(idempotency_key)))


def deployment(deployment_id: UUID) -> Key:
    return Key(join(DEPLOYMENT, deployment_id), DEPLOYMENT)


def deployment_of_flow(flow_id: UUID, name: str) -> Key:
    """The item that makes (flow_id, name) unique."""
    return Key(flow(flow_id).pk, join(DEPLOYMENT, bounded(name)))


def flow_run_of_deployment(deployment_id: UUID, flow_run_id: UUID) -> Key:
    return Key(deployment(deployment_id).pk, join(FLOW_RUN, flow_run_id))


# What is to be done at a time. A run that a schedule created is in the partition of its deployment,
# which has one timer for all of these.


def scheduling(deployment_id: UUID) -> Key:
    """The time up to which a deployment's runs are scheduled, and what a change left to do."""
    return Key(deployment(deployment_id).pk, SCHEDULING)


def coming(deployment_id: UUID, time: datetime, flow_run_id: UUID) -> Key:
    return Key(deployment(deployment_id).pk, join(COMING, sort_keys.instant(time), flow_run_id))


def overdue(deployment_id: UUID, flow_run_id: UUID) -> Key:
    return Key(deployment(deployment_id).pk, join(OVERDUE, flow_run_id))


def is_overdue(key: Key) -> bool:
    return key.sk.startswith(OVERDUE + SEPARATOR)


def timer(kind: str, time: datetime, item_id: UUID) -> Key:
    return Key(TIMERS, join(sort_keys.instant(time), kind, item_id))


def timers_until(time: datetime) -> tuple[str, str]:
    """The range of timers that are due."""
    return sort_keys.FIRST_INSTANT, sort_keys.instant(time) + AFTER_SEPARATOR


def timed_entity(timer: Key) -> tuple[str, UUID]:
    """Return the kind and the id of what is due."""
    _, kind, item_id = timer.sk.split(SEPARATOR)
    return kind, UUID(item_id)


def timed_run(coming_or_overdue: Key) -> UUID:
    """Return the id of a scheduled run of a deployment."""
    return UUID(coming_or_overdue.sk.rpartition(SEPARATOR)[2])


def time_of(timer: Key) -> datetime:
    """Return the time of a timer, or of a coming run."""
    spelled = timer.sk.removeprefix(COMING + SEPARATOR).partition(SEPARATOR)[0]
    return datetime.fromisoformat(spelled).replace(tzinfo=UTC)


def limit(name: str) -> Key:
    return Key(join(LIMIT, bounded(name)), LIMIT)


def limit_id(limit_id: UUID) -> Key:
    return Key(join(LIMIT_ID, limit_id), LIMIT_ID)


def slot(limit_id: UUID, lease_id: UUID) -> Key:
    """The slots that a lease holds of a limit; under the limit's id, since its name can change."""
    return Key(join(LIMIT_ID, limit_id), join(SLOT, lease_id))


def limit_listing(name: str, created: datetime, limit_id: UUID) -> Key:
    """The entry of a limit in the list of all limits, which is in the order of names."""
    return Key(LIMITS, join(LIMIT, sort_keys.name_sort_key(name, created, limit_id)))


def lease(lease_id: UUID) -> Key:
    return Key(join(LEASE, lease_id), LEASE)


def tag(of_run: Key, tag: str | None) -> Key:
    """A tag under its run; None if the run has too many tags for an item each."""
    return Key(of_run.pk, join(TAG, _tag(tag)))


def tag_shard(kind: str, tag: str | None, number: int) -> str:
    return join(TAG, kind, _tag(tag), number)


def tag_shards(kind: str, tags: Iterable[str], shards: int) -> tuple[str, ...]:
    """The owners in `by_owner` that together have every run with one of the tags.

    A run with several of the tags is there several times; a run with too many tags for an item
    each is there whatever its tags are.
    """
    wanted = (*dict.fromkeys(tags), None)
    return tuple(tag_shard(kind, tag, number) for tag in wanted for number in range(shards))


def _tag(tag: str | None) -> str:
    return MANY_TAGS if tag is None else bounded(tag)


def count(kind: str, number: int) -> Key:
    return Key(join(COUNT, kind, number), COUNT)


def counted(counter: Key, span: int, start: int, change_id: str) -> Key:
    """Changes that a counter has counted, from a time on and within so many seconds."""
    return Key(counter.pk, join(COUNTED, span, start, change_id))


def counted_within(span: int, start: int) -> tuple[str, str]:
    """The range of sort keys of such items."""
    return under(join(COUNTED, span, start))


def cache(cache_key: str) -> Key:
    return Key(join(CACHE, bounded(cache_key)), CACHE)


def entity(kind: str, item_id: UUID) -> Key:
    """The item of a task run, a flow run, a flow or a deployment."""
    return Key(join(kind, item_id), kind)


def is_of(key: Key, kind: str) -> bool:
    """Return whether an item is in the partition of an entity of that kind."""
    return key.pk.startswith(kind + SEPARATOR)


def is_run(key: Key) -> bool:
    """Return whether an item is a task run or a flow run itself."""
    return key.sk in RUNS and is_of(key, key.sk)


def shard_of(item_id: UUID, shards: int) -> int:
    return zlib.crc32(item_id.bytes) % shards


def shard(kind: str, number: int) -> str:
    return join(kind, number)


# Few runs are in states of these types, and not more than 1,000 a second enter one of them: each
# has one partition of by_state. A search of all types reads every partition.
RARE_STATE_TYPES = frozenset({"PAUSED", "CANCELLING", "CANCELLED", "CRASHED"})


def state_shard(kind: str, state_type: str, number: int) -> str:
    return join(kind, state_type, 0 if state_type in RARE_STATE_TYPES else number)


def is_in_state(item: Mapping[str, Any], kind: str, state_type: str) -> bool:
    """Return whether an item is of a run of that kind in a state of that type."""
    return str(item.get("state_shard", "")).startswith(join(kind, state_type, ""))


def state_shards(kind: str, state_types: Iterable[str], shards: int) -> tuple[str, ...]:
    """The partitions of by_state that together have every run in a state of one of the types."""
    return tuple(
        state_shard(kind, state_type, number)
        for state_type in dict.fromkeys(state_types)
        for number in range(1 if state_type in RARE_STATE_TYPES else shards)
    )


def state_type_of(item: Mapping[str, Any]) -> str | None:
    """Return the type of the state that the item of a run, or its entry in by_state, is in."""
    shard = item.get("state_shard")
    return state_type_of_shard(shard) if shard else None


def state_type_of_shard(state_shard: str) -> str:
    """Return the type of state whose runs are in a partition of by_state."""
    return state_shard.split(SEPARATOR)[1]


def observed(state_type: str, name: str) -> Key:
    """The type and name of states that runs have been in."""
    return Key(OBSERVED, join(state_type, bounded(name)))


# Work pools. A poll is one query: of the last polls, the pool, and the runs that are due. To read a
# pool is another one: of its workers, the last polls, and the pool.


def work_pool(name: str) -> Key:
    return Key(join(WORK_POOL, bounded(name)), POOL)


def work_pool_listing(name: str, created: datetime, pool_id: UUID) -> Key:
    """The entry of a pool in the list of all pools, which is in the order of names."""
    return Key(WORK_POOLS, join(WORK_POOL, sort_keys.name_sort_key(name, created, pool_id)))


def work_queue(queue_id: UUID) -> Key:
    """The item that leads from a queue to its pool."""
    return Key(join(WORK_QUEUE, queue_id), WORK_QUEUE)


def polled(pool: str) -> Key:
    return Key(work_pool(pool).pk, POLLED)


def worker(pool: str, name: str) -> Key:
    return Key(work_pool(pool).pk, join(HEARTBEAT, bounded(name)))


def workers_and_pool() -> tuple[str, str]:
    """The range of a pool's workers, the last polls, and the pool."""
    return under(HEARTBEAT)[0], POOL


def deployment_of_pool(pool: str, deployment_id: UUID) -> Key:
    return Key(work_pool(pool).pk, join(DEPLOYMENT, deployment_id))


def scheduled_run(pool: str, time: datetime | None, run_id: UUID) -> Key:
    """A scheduled run that waits for a worker of the pool, in the order of time."""
    at = sort_keys.instant(time) if time else sort_keys.FIRST_INSTANT
    return Key(work_pool(pool).pk, join(SCHEDULED, at, run_id))


def pool_and_scheduled(until: datetime | None) -> tuple[str, str]:
    """The range of the last polls, of a pool, and of the runs that are scheduled up to a time."""
    if until is None:
        return POLLED, under(SCHEDULED)[1]
    return POLLED, join(SCHEDULED, sort_keys.instant(until)) + AFTER_SEPARATOR


def work_slots(pool: str) -> str:
    """The partition of the slots of a pool's queues."""
    return join(WORK_SLOTS, bounded(pool))


def work_slot(pool: str, queue_id: UUID, run_id: UUID) -> Key:
    return Key(work_slots(pool), join(SLOT, queue_id, run_id))


def slots_of_queue(queue_id: UUID) -> tuple[str, str]:
    """The range of a queue's slots in the partition of its pool's."""
    return under(join(SLOT, queue_id))


# Background runs, task workers and connections. In `by_owner`, the owner UNAUTHENTICATED has the
# connections whose clients have not sent credentials yet: <deadline>#<connection>.


def queue(name: str, shards: int) -> tuple[str, ...]:
    """The partitions that together have a queue; their sort keys are in the order of delivery."""
    return tuple(join(QUEUE, bounded(name), number) for number in range(shards))


def queued(name: str, since: datetime, state_id: UUID, *, again: bool, shards: int) -> Key:
    """A run in a queue; redelivered runs (`again`) come before new ones."""
    partition = join(QUEUE, bounded(name), shard_of(state_id, shards))
    return Key(partition, join(int(not again), sort_keys.instant(since), state_id))


def connection(connection_id: str) -> Key:
    return Key(join(CONNECTION, connection_id), CONNECTION)


def task_worker(connection_id: str) -> Key:
    """The worker of a connection: each run that it gets changes it three times."""
    return Key(connection(connection_id).pk, TASK_WORKER)


def task_worker_listing(connection_id: str) -> Key:
    """A worker in the list of all, which does not change while it is connected."""
    return Key(TASK_WORKERS, join(TASK_WORKER, connection_id))


def connection_of(key: Key) -> str:
    """The id of the connection that an item belongs to."""
    return key.pk.removeprefix(CONNECTION + SEPARATOR)


def due(connection_id: str, deadline: datetime) -> str:
    """The sort key, by deadline, of a connection whose client has to send credentials."""
    return join(sort_keys.instant(deadline), connection_id)


def due_until(now: datetime) -> tuple[str, str]:
    """The range of connections whose deadline is before now."""
    return "0", sort_keys.instant(now)


# Keys of callers. The id is a part of the secret's hash.


def api_key(key_id: UUID) -> Key:
    return Key(API_KEYS, join(API_KEY, key_id))


def connections_of_api_key(key_id: UUID) -> str:
    """The owner, in `by_owner`, of the connections whose clients have shown the key."""
    return join(API_KEY, key_id)


# Cascade deletes that the stream continues, and the tombstones of deleted flow runs.


def remainder(of_entity: Key) -> Key:
    """The item whose removal makes the stream repeat a cascade delete."""
    return Key(of_entity.pk, REMAINDER)


def tombstone(flow_run_id: UUID) -> Key:
    """The item that distinguishes a deleted flow run from one that does not exist yet."""
    return Key(flow_run(flow_run_id).pk, TOMBSTONE)


def retention(of_run: Key) -> Key:
    """The item whose removal makes the stream remove a finished run, with the runs under it."""
    return Key(of_run.pk, RETENTION)


def retention_and_states() -> tuple[str, str]:
    """The range of a run's timer and its earlier states: nothing else of a run sorts there."""
    return RETENTION, under(STATES)[1]


def entity_of(key: Key) -> tuple[str, UUID]:
    """Return the kind and the id of the entity in whose partition an item is."""
    return key.pk.partition(SEPARATOR)[0], UUID(id_in(key.pk))


def id_in(pk: str) -> str:
    """Return the id of the entity in whose partition an item is, as it is spelled there."""
    return pk.partition(SEPARATOR)[2]


# Pieces of large documents.


def document_piece(pk: str, document_id: str, number: int) -> Key:
    """A piece is in the partition of its item."""
    return Key(pk, join(DOCUMENT_PIECE, document_id, f"{number:03}"))


def all_but_document_pieces() -> tuple[str, str]:
    """The range of all other items in the partition of a task run."""
    return DOCUMENT_PIECE + AFTER_SEPARATOR, AFTER_WORDS


# Named documents, such as variables: a few partitions for each noun.


def document(noun: str, document_id: UUID, partitions: int) -> Key:
    partition = join(DOCUMENTS, noun, shard_of(document_id, partitions))
    return Key(partition, join(DOCUMENT, document_id))


def document_partitions(noun: str, partitions: int) -> tuple[str, ...]:
    """The partitions that together have a noun's documents."""
    return tuple(join(DOCUMENTS, noun, number) for number in range(partitions))


def document_name(noun: str, names: Iterable[str]) -> Key:
    """The item that makes texts unique among a noun's documents."""
    return Key(join(NAME, noun, bounded(*names)), NAME)


# Artifacts, and for each key the latest of them.


def artifact(artifact_id: UUID) -> Key:
    return Key(join(ARTIFACT, artifact_id), ARTIFACT)


def artifacts_of(run: Key) -> str:
    """The owner, in `by_owner`, of a run's artifacts."""
    return join(ARTIFACTS, run.pk)


def artifact_key(key: str) -> str:
    """The partition of a key's artifacts."""
    return join(ARTIFACT_KEY, bounded(key))


def artifact_of_key(key: str, created: datetime, artifact_id: UUID) -> Key:
    """Leads from a key to an artifact, by its creation."""
    place = sort_keys.time_sort_key(created, created, artifact_id)
    return Key(artifact_key(key), join(ARTIFACT, place))


def artifact_collection(key: str) -> Key:
    number = zlib.crc32(key.encode()) % COLLECTION_PARTITIONS
    return Key(join(ARTIFACT_COLLECTIONS, number), join(COLLECTION, bounded(key)))


def artifact_collections() -> tuple[str, ...]:
    """The partitions of the latest artifacts of all keys."""
    return tuple(join(ARTIFACT_COLLECTIONS, number) for number in range(COLLECTION_PARTITIONS))


# Settings of the server, which clients change.


def setting(name: str) -> Key:
    return Key(join(SETTING, name), SETTING)


# Events: a few partitions for each day, in the order of time. They are not in an index, so that a
# new subscriber misses none: it reads earlier events from the table and gets later ones from the
# stream.


def event(event: Event, shards: int) -> Key:
    number = shard_of(event.id, shards)
    partition = join(EVENTS, _day(event.occurred), number)
    return Key(partition, join(sort_keys.instant(event.occurred), event.id))


def event_days(
    since: datetime, until: datetime, shards: int, *, reverse: bool = False
) -> Iterator[tuple[str, ...]]:
    """Yield the partitions of each day between two instants, the first day first, or last.

    There are none where `until` is before `since`: DynamoDB refuses such a range of sort keys. A
    client may ask for millions of days, of which a search reads some.
    """
    first, last = _day(since).toordinal(), _day(until).toordinal()
    days = range(first, last + 1) if since <= until else range(0)
    for day in map(date.fromordinal, reversed(days) if reverse else days):
        yield tuple(join(EVENTS, day, shard) for shard in range(shards))


def _day(time: datetime) -> date:
    return time.astimezone(UTC).date()


def subscriber(partition: str, connection_id: str) -> Key:
    """A subscriber of events (in LISTENERS) or of logs (in LOG_LISTENERS)."""
    return Key(partition, join(LISTENER, connection_id))


# Inputs of flow runs.


def flow_run_input(run_id: UUID, key: str) -> Key:
    return Key(flow_run(run_id).pk, join(INPUT, key))


def flow_run_inputs_beginning(prefix: str) -> tuple[str, str]:
    """The range of inputs whose keys begin with the prefix."""
    return join(INPUT, prefix), join(INPUT, prefix) + AFTER_WORDS


# Logs. The partition of a chunk is that of its lines' flow run or, without one, of their task run
# or, without both, a shard.


def logs_of_flow_run(run_id: UUID) -> str:
    return join(LOGS, flow_run(run_id).pk)


def logs_of_task_run(run_id: UUID) -> str:
    return join(LOGS, task_run(run_id).pk)


def log_partition(first: Log, shards: int) -> str:
    """The partition of the chunk that begins with this line."""
    if first.flow_run_id:
        return logs_of_flow_run(first.flow_run_id)
    if first.task_run_id:
        return logs_of_task_run(first.task_run_id)
    return log_shard(first, shards)


def log_owner(first: Log) -> str | None:
    """The partition of `by_owner` that leads from a task run to a chunk of its flow run."""
    in_flow_run = first.flow_run_id is not None
    return task_run(first.task_run_id).pk if in_flow_run and first.task_run_id else None


def log_shards(shards: int) -> Iterator[str]:
    """The partitions of `by_state` that have all chunks in the order of time."""
    return (join(LOGS, number) for number in range(shards))


def log_shard(first: Log, shards: int) -> str:
    """The shard of the chunk that begins with this line."""
    return join(LOGS, shard_of(first.id, shards))
