"""Over how many partitions of an index the entries of a kind are spread."""

from typing import NamedTuple


class Shards(NamedTuple):
    """How many shards new entries are written to, and how many are read: at least as many.

    An entry stays in its shard until its thing is written again, so those who change the number
    read both, the old and the new ones.
    """

    written: int
    read: int
