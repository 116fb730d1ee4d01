"""Removals that go on after what was asked for is gone: the table's stream tells of them again."""

from dataclasses import dataclass
from datetime import datetime

from runledger.store.keys import Key
from runledger.store.removal_keys import remainder
from runledger.store.table import Table
from runledger.store.writes import Delete, Put


@dataclass(frozen=True)
class RemovalStore:
    """What is asked of the table about removals."""

    table: Table

    def tell_again(self, of_thing: Key, now: datetime) -> None:
        """Let the stream tell of a removal once more, after what it has to tell already."""
        self.tell_later(of_thing, now)
        self.table.write(Delete(remainder(of_thing)))

    def tell_later(self, of_thing: Key, at: datetime) -> None:
        """Let the stream tell of a removal once more, some time after that instant."""
        expires = {"expires_at": int(at.timestamp())}
        self.table.write(Put(remainder(of_thing)._asdict() | expires))
