"""Flows as items."""

from runledger.domain.runs.flows import Flow
from runledger.store import items
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys, sort_keys


def flow_item(flow: Flow, *, shards: int) -> Item:
    """Spell a flow."""
    return items.new_item(
        keys.flow(flow.id),
        version=1,
        id=str(flow.id),
        shard=keys.shard(keys.FLOW, keys.shard_of(flow.id, shards)),
        name_key=sort_keys.name_sort_key(flow.name, flow.created, flow.id),
        expected_start=sort_keys.time_sort_key(flow.created, flow.created, flow.id),
        **updated_attributes(flow),
    )


def updated_attributes(flow: Flow) -> dict[str, str]:
    """Return the attributes of a flow's item that an update changes."""
    updated = sort_keys.time_sort_key(flow.updated, flow.created, flow.id)
    facts = flow.model_dump_json(exclude_defaults=True, exclude={"labels"})
    return dict(
        items.check_facts({"body": items.dump_document(flow), "facts": facts, "end": updated})
    )


def read_flow_facts(entry: Item) -> Flow:
    """Read a flow from its item or from an index entry."""
    return Flow.model_validate_json(entry["facts"])
