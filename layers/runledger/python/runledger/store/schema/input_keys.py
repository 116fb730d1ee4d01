"""Keys of what is given to flow runs; `keys` has the chart."""

from uuid import UUID

from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.schema.sort_keys import join

INPUT = "INPUT"

# Sorts after all that the key of an input may hold.
AFTER = "~"


def flow_run_input(run_id: UUID, key: str) -> Key:
    return Key(keys.flow_run(run_id).pk, join(INPUT, key))


def beginning(prefix: str) -> tuple[str, str]:
    """The range of inputs whose keys begin so."""
    return join(INPUT, prefix), join(INPUT, prefix) + AFTER
