"""Every key of the table, spelled here and nowhere else.

| item                        | pk                     | sk                          |
|-----------------------------|------------------------|-----------------------------|
| task run                    | TASK_RUN#<id>          | TASK_RUN                    |
| its states                  | TASK_RUN#<id>          | STATE#<time>#<state id>     |
| flow runs it is parent of   | TASK_RUN#<id>          | SUBFLOW#<flow run id>       |
| its key, in a flow run      | FLOW_RUN#<flow run id> | TASK_KEY#<key>              |
| its key, without a flow run | TASK_KEY#<key>         | TASK_KEY                    |
| flow run                    | FLOW_RUN#<id>          | FLOW_RUN                    |
| its states                  | FLOW_RUN#<id>          | STATE#<time>#<state id>     |
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

| index                   | hash                               | range                |
|-------------------------|------------------------------------|----------------------|
| by_owner                | owner: FLOW_RUN#<id>, FLOW#<id>    | id                   |
| by_state                | state_shard: <kind>#<TYPE>#<shard> | expected_start       |
| by_expected_start       | shard: <kind>#<shard>              | expected_start       |
| by_next_scheduled_start | shard                              | next_scheduled_start |
| by_name                 | shard                              | name_key             |
| by_start                | shard                              | start                |
| by_end                  | shard                              | end                  |
| by_id                   | shard                              | id                   |
| by_id, of a state       | shard: STATE#<state id>            | id: the state id     |

Places in an order are spelled in `places`. What a client chose freely (task keys, names) is hashed
when it would not fit a key.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger.store import places
from runledger.store.places import AFTER_SEPARATOR, SEPARATOR

# DynamoDB takes 2,048 bytes in a partition key and 1,024 in a sort key.
MOST_BYTES = 900


class Key(NamedTuple):
    """The primary key of an item."""

    pk: str
    sk: str


def of(item: Mapping[str, Any]) -> Key:
    """Return the primary key of an item or an index entry."""
    return Key(item["pk"], item["sk"])


NOWHERE = Key("NOWHERE", "NOWHERE")
"""No item has it: reading it only tells whether the table answers."""


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
BY_EXPECTED_START = Index("by_expected_start", "shard", "expected_start")
BY_NEXT_SCHEDULED_START = Index("by_next_scheduled_start", "shard", "next_scheduled_start")

TASK_RUN, FLOW_RUN, FLOW = "TASK_RUN", "FLOW_RUN", "FLOW"
STATE, SUBFLOW, TASK_KEY, IDEMPOTENCY = "STATE", "SUBFLOW", "TASK_KEY", "IDEMPOTENCY"
FLOW_NAME, CACHE, DEPLOYMENT = "FLOW_NAME", "CACHE", "DEPLOYMENT"
LIMIT, LIMIT_ID, LIMITS, SLOT, LEASE = "LIMIT", "LIMIT_ID", "LIMITS", "SLOT", "LEASE"


def _join(*parts: object) -> str:
    return SEPARATOR.join(map(str, parts))


def _bounded(*texts: str) -> str:
    """Spell texts of any content and length, one to one, as JSON or by their hash."""
    spelled = json.dumps(texts, separators=(",", ":"))
    if len(spelled) <= MOST_BYTES:
        return spelled
    return "sha256:" + hashlib.sha256(spelled.encode()).hexdigest()


def task_run(run_id: UUID) -> Key:
    return Key(_join(TASK_RUN, run_id), TASK_RUN)


def task_key(flow_run_id: UUID | None, task_key: str, dynamic_key: str) -> Key:
    """The item that makes (flow_run_id, task_key, dynamic_key) unique."""
    key = _join(TASK_KEY, _bounded(task_key, dynamic_key))
    return Key(_join(FLOW_RUN, flow_run_id), key) if flow_run_id else Key(key, TASK_KEY)


def flow_run(run_id: UUID) -> Key:
    return Key(_join(FLOW_RUN, run_id), FLOW_RUN)


def state(of_run: Key, entered: datetime, state_id: UUID) -> Key:
    """A state under its run, in the order in which the run entered its states."""
    return Key(of_run.pk, _join(STATE, places.instant(entered), state_id))


def subflow(parent_task_run_id: UUID, flow_run_id: UUID) -> Key:
    return Key(task_run(parent_task_run_id).pk, _join(SUBFLOW, flow_run_id))


def flow(flow_id: UUID) -> Key:
    return Key(_join(FLOW, flow_id), FLOW)


def flow_name(name: str) -> Key:
    return Key(_join(FLOW_NAME, _bounded(name)), FLOW_NAME)


def flow_run_of_flow(flow_id: UUID, flow_run_id: UUID) -> Key:
    return Key(flow(flow_id).pk, _join(FLOW_RUN, flow_run_id))


def idempotency(flow_id: UUID, idempotency_key: str) -> Key:
    return Key(flow(flow_id).pk, _join(IDEMPOTENCY, _bounded(idempotency_key)))


def deployment(deployment_id: UUID) -> Key:
    return Key(_join(DEPLOYMENT, deployment_id), DEPLOYMENT)


def deployment_of_flow(flow_id: UUID, name: str) -> Key:
    """The item that makes (flow_id, name) unique."""
    return Key(flow(flow_id).pk, _join(DEPLOYMENT, _bounded(name)))


def flow_run_of_deployment(deployment_id: UUID, flow_run_id: UUID) -> Key:
    return Key(deployment(deployment_id).pk, _join(FLOW_RUN, flow_run_id))


def limit(name: str) -> Key:
    return Key(_join(LIMIT, _bounded(name)), LIMIT)


def limit_id(limit_id: UUID) -> Key:
    return Key(_join(LIMIT_ID, limit_id), LIMIT_ID)


def slot(limit_id: UUID, lease_id: UUID) -> Key:
    """Slots that a lease holds of a limit; under its id, since the limit can be renamed."""
    return Key(_join(LIMIT_ID, limit_id), _join(SLOT, lease_id))


def limit_place(name: str, created: datetime, limit_id: UUID) -> Key:
    return Key(LIMITS, _join(LIMIT, places.name_place(name, created, limit_id)))


def lease(lease_id: UUID) -> Key:
    return Key(_join(LEASE, lease_id), LEASE)


def under(prefix: str) -> tuple[str, str]:
    """The range of sort keys that begin with a prefix and the separator.

    Not `begins_with`: dynoxide ignores case there, and reads the whole partition.
    """
    return prefix + SEPARATOR, prefix + AFTER_SEPARATOR


def cache(cache_key: str) -> Key:
    return Key(_join(CACHE, _bounded(cache_key)), CACHE)


def thing(kind: str, item_id: UUID) -> Key:
    """The item of a task run, a flow run or a flow, by its kind."""
    return Key(_join(kind, item_id), kind)


def is_of(key: Key, kind: str) -> bool:
    """Tell whether an item lies in the partition of a thing of that kind."""
    return key.pk.startswith(kind + SEPARATOR)


def shard_of(item_id: UUID, shards: int) -> int:
    return zlib.crc32(item_id.bytes) % shards


def shard(kind: str, number: int) -> str:
    return _join(kind, number)


def state_shard(kind: str, state_type: str, number: int) -> str:
    return _join(kind, state_type, number)


def state_id_shard(state_id: UUID) -> str:
    return _join(STATE, state_id)
