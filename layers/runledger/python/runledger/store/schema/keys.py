"""Every key of the table, spelled here and nowhere else.

| item                        | pk                     | sk                          |
|-----------------------------|------------------------|-----------------------------|
| task run                    | TASK_RUN#<id>          | TASK_RUN                    |
| its states                  | TASK_RUN#<id>          | STATE#<time>#<state id>     |
| flow runs it is parent of   | TASK_RUN#<id>          | SUBFLOW#<flow run id>       |
| its tags                    | TASK_RUN#<id>          | TAG#<tag>, or TAG#*: many   |
| the worker that has it      | TASK_RUN#<id>          | HOLD                        |
| its key, in a flow run      | FLOW_RUN#<flow run id> | TASK_KEY#<key>              |
| its key, without a flow run | TASK_KEY#<key>         | TASK_KEY                    |
| flow run                    | FLOW_RUN#<id>          | FLOW_RUN                    |
| its states                  | FLOW_RUN#<id>          | STATE#<time>#<state id>     |
| its tags                    | FLOW_RUN#<id>          | TAG#<tag>, or TAG#*: many   |
| what it was given           | FLOW_RUN#<id>          | INPUT#<key>                 |
| results of a cache key      | CACHE#<cache key>      | CACHE                       |
| flow                        | FLOW#<id>              | FLOW                        |
| its name                    | FLOW_NAME#<name>       | FLOW_NAME                   |
| flow runs of it             | FLOW#<id>              | FLOW_RUN#<flow run id>      |
| their idempotency keys      | FLOW#<id>              | IDEMPOTENCY#<key>           |
| deployments of it, by name  | FLOW#<id>              | DEPLOYMENT#<name>           |
| deployment                  | DEPLOYMENT#<id>        | DEPLOYMENT                  |
| flow runs of it             | DEPLOYMENT#<id>        | FLOW_RUN#<flow run id>      |
| concurrency limit           | LIMIT#<name>           | LIMIT                       |
| its name                    | LIMIT_ID#<id>          | LIMIT_ID                    |
| slots held of it            | LIMIT_ID#<id>          | SLOT#<lease id>             |
| all limits, by name         | LIMITS                 | LIMIT#<place of the name>   |
| lease that can be renewed   | LEASE#<id>             | LEASE                       |
| run that waits for a worker | QUEUE#<queue>          | <0: again, 1>#<time>#<state>|
| task worker                 | TASK_WORKERS           | TASK_WORKER#<connection>    |
| WebSocket connection        | CONNECTION#<id>        | CONNECTION                  |
| removal that goes on        | <that of what is gone> | REMAINDER                   |
| flow run that was deleted   | FLOW_RUN#<id>          | TOMBSTONE                   |
| piece of a large document   | <that of its item>     | DOCUMENT_PIECE#<id>#<piece> |
| lines of a log, a chunk     | LOGS#<key of its run>  | see `log_keys.Place`        |
| ... of no run               | LOGS#<shard>           | the same                    |
| event, of a day             | EVENTS#<date>#<shard>  | <time>#<event id>           |
| who listens to events       | LISTENERS              | LISTENER#<connection>       |
| ... to lines of logs        | LOG_LISTENERS          | the same                    |
| runs counted by state type  | COUNT#<kind>#<number>  | COUNT                       |

| index                   | hash                               | range                |
|-------------------------|------------------------------------|----------------------|
| by_owner                | owner: FLOW_RUN#<id>, FLOW#<id>    | id                   |
| by_owner, of a tag      | owner: TAG#<kind>#<tag>#<shard>    | id: that of the run  |
| by_owner, of a hold     | owner: TASK_WORKER#<connection>    | id: that of the run  |
| by_owner, of a chunk    | owner: TASK_RUN#<id>               | id: sk               |
| by_owner, of a state    | owner: STATES#<shard>              | id: <TYPE>#<name>... |
| by_state                | state_shard: <kind>#<TYPE>#<shard> | expected_start       |
| by_state, of a chunk    | state_shard: LOGS#<shard>          | expected_start: sk   |
| by_expected_start       | shard: <kind>#<shard>              | expected_start       |
| by_next_scheduled_start | shard                              | next_scheduled_start |
| by_name                 | shard                              | name_key             |
| by_start                | shard                              | start                |
| by_end                  | shard                              | end                  |
| by_duration             | shard: TASK_RUN#<shard>            | duration             |
| by_id                   | shard                              | id                   |
| by_id, of a state       | shard: STATE#<state id>            | id: as in by_owner   |

Places in an order are spelled in `places`. What a client chose freely is hashed if it is too long.
"""

import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger.store.schema import sort_keys
from runledger.store.schema.sort_keys import SEPARATOR, bounded, join


class Key(NamedTuple):
    """The primary key of an item."""

    pk: str
    sk: str


def of(item: Mapping[str, Any]) -> Key:
    """Return the primary key of an item or an index entry."""
    return Key(item["pk"], item["sk"])


class Index(NamedTuple):
    """A secondary index: its name and the attributes that make its key."""

    name: str
    hash: str
    range: str


BY_OWNER = Index("by_owner", "owner", "id")
BY_STATE = Index("by_state", "state_shard", "expected_start")
BY_ID = Index("by_id", "shard", "id")
BY_NAME = Index("by_name", "shard", "name_key")
BY_START = Index("by_start", "shard", "start")
BY_END = Index("by_end", "shard", "end")
BY_DURATION = Index("by_duration", "shard", "duration")
BY_EXPECTED_START = Index("by_expected_start", "shard", "expected_start")
BY_NEXT_SCHEDULED_START = Index("by_next_scheduled_start", "shard", "next_scheduled_start")

TASK_RUN, FLOW_RUN, FLOW, OBSERVED = "TASK_RUN", "FLOW_RUN", "FLOW", "STATES"
STATE, SUBFLOW, TASK_KEY, IDEMPOTENCY = "STATE", "SUBFLOW", "TASK_KEY", "IDEMPOTENCY"
LIMIT, LIMIT_ID, LIMITS, SLOT, LEASE = "LIMIT", "LIMIT_ID", "LIMITS", "SLOT", "LEASE"
FLOW_NAME, CACHE, DEPLOYMENT, TAG, COUNT = "FLOW_NAME", "CACHE", "DEPLOYMENT", "TAG", "COUNT"
under = sort_keys.under

MANY_TAGS = "*"
"""Stands for the tags of a run that has too many for an item each; no tag is spelled so."""


def task_run(run_id: UUID) -> Key:
    return Key(join(TASK_RUN, run_id), TASK_RUN)


def task_key(flow_run_id: UUID | None, task_key: str, dynamic_key: str) -> Key:
    """The item that makes (flow_run_id, task_key, dynamic_key) unique."""
    key = join(TASK_KEY, bounded(task_key, dynamic_key))
    return Key(join(FLOW_RUN, flow_run_id), key) if flow_run_id else Key(key, TASK_KEY)


def flow_run(run_id: UUID) -> Key:
    return Key(join(FLOW_RUN, run_id), FLOW_RUN)


def state(of_run: Key, entered: datetime, state_id: UUID) -> Key:
    """A state under its run, in the order in which the run entered its states."""
    return Key(of_run.pk, join(STATE, sort_keys.instant(entered), state_id))


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


def limit(name: str) -> Key:
    return Key(join(LIMIT, bounded(name)), LIMIT)


def limit_id(limit_id: UUID) -> Key:
    return Key(join(LIMIT_ID, limit_id), LIMIT_ID)


def slot(limit_id: UUID, lease_id: UUID) -> Key:
    """Slots that a lease holds of a limit; under its id, since the limit can be renamed."""
    return Key(join(LIMIT_ID, limit_id), join(SLOT, lease_id))


def limit_place(name: str, created: datetime, limit_id: UUID) -> Key:
    return Key(LIMITS, join(LIMIT, sort_keys.name_place(name, created, limit_id)))


def lease(lease_id: UUID) -> Key:
    return Key(join(LEASE, lease_id), LEASE)


def tag(of_run: Key, tag: str | None) -> Key:
    """A tag under its run; none stands for more tags than have an item each."""
    return Key(of_run.pk, join(TAG, _tag(tag)))


def tag_shard(kind: str, tag: str | None, number: int) -> str:
    return join(TAG, kind, _tag(tag), number)


def tag_shards(kind: str, tags: Iterable[str], shards: int) -> tuple[str, ...]:
    """The owners in `by_owner` that together have every run with one of the tags.

    A run with several of them is there several times, and one with many tags whichever it has.
    """
    wanted = (*dict.fromkeys(tags), None)
    return tuple(tag_shard(kind, tag, number) for tag in wanted for number in range(shards))


def _tag(tag: str | None) -> str:
    return MANY_TAGS if tag is None else bounded(tag)


def count(kind: str, number: int) -> Key:
    return Key(join(COUNT, kind, number), COUNT)


def cache(cache_key: str) -> Key:
    return Key(join(CACHE, bounded(cache_key)), CACHE)


def entity(kind: str, item_id: UUID) -> Key:
    """The item of a task run, a flow run or a flow, by its kind."""
    return Key(join(kind, item_id), kind)


def is_of(key: Key, kind: str) -> bool:
    """Tell whether an item lies in the partition of a thing of that kind."""
    return key.pk.startswith(kind + SEPARATOR)


def shard_of(item_id: UUID, shards: int) -> int:
    return zlib.crc32(item_id.bytes) % shards


def shard(kind: str, number: int) -> str:
    return join(kind, number)


def state_shard(kind: str, state_type: str, number: int) -> str:
    return join(kind, state_type, number)


def is_in_state(item: Mapping[str, Any], kind: str, state_type: str) -> bool:
    """Tell whether an item is of a run of that kind in a state of that type."""
    return str(item.get("state_shard", "")).startswith(join(kind, state_type, ""))


def observed_shard(number: int) -> str:
    return join(OBSERVED, number)


def state_id_shard(state_id: UUID) -> str:
    return join(STATE, state_id)
