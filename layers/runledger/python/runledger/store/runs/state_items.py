"""States of runs as items."""

from runledger.domain.runs.states import State
from runledger.store import items, size_limits
from runledger.store.dynamodb.writes import Item, Put
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.keys import Key


def state_item(of_run: Key, state: State, *, shards: int) -> Item:
    """Spell a state of a run's history; its id leads back to it through `by_id`.

    By its place in `by_owner` its type and name are found among those that runs have been in.

    Raises:
        TooLarge: its name is too long.
    """
    size_limits.check_state_name(state.name)
    return items.new_item(
        keys.state(of_run, state.timestamp, state.id),
        body=items.dump_document(state.as_stored()),
        shard=keys.state_id_shard(state.id),
        owner=keys.observed_shard(keys.shard_of(state.id, shards)),
        id=sort_keys.state_place(state.type, state.name, state.timestamp),
    )


def history(of_run: Key, state: State | None, *, shards: int) -> list[Put]:
    """Return the write that adds a run's current state to its history."""
    return [Put(state_item(of_run, state, shards=shards))] if state else []
