"""The secondary indexes of the table; `keys` lists their entries."""

from typing import NamedTuple


class Index(NamedTuple):
    """A secondary index: its name and the attributes that make its key."""

    name: str
    hash: str
    range: str


BY_OWNER = Index("by_owner", "owner", "id")
BY_STATE = Index("by_state", "state_shard", "expected_start")
BY_ID = Index("by_id", "id_shard", "id")
BY_NAME = Index("by_name", "shard", "name_key")
BY_START = Index("by_start", "shard", "start")
BY_END = Index("by_end", "shard", "end")
BY_DURATION = Index("by_duration", "shard", "duration")
BY_EXPECTED_START = Index("by_expected_start", "shard", "expected_start")
BY_NEXT_SCHEDULED_START = Index("by_next_scheduled_start", "shard", "next_scheduled_start")
