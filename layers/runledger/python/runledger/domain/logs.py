"""Log lines of runs, their ids and their orders (docs/contract/neighbours.md 7)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from runledger.domain.random_values import EPOCH, uuid7
from runledger.domain.values import Value

NUL = "\x00"


class LogSort(StrEnum):
    """The orders, listed as in the reference's errors."""

    TIMESTAMP_ASC = "TIMESTAMP_ASC"
    TIMESTAMP_DESC = "TIMESTAMP_DESC"


# Whether each order is from late to early.
REVERSED: Mapping[LogSort, bool] = {LogSort.TIMESTAMP_ASC: False, LogSort.TIMESTAMP_DESC: True}


class Log(Value):
    """A log line of a run."""

    id: UUID
    created: datetime
    updated: datetime
    name: str
    level: int
    message: str
    timestamp: datetime
    flow_run_id: UUID | None = None
    task_run_id: UUID | None = None

    def without_nul(self) -> Self:
        """Drop NUL characters, which the reference's databases can't store."""
        if NUL not in self.name and NUL not in self.message:
            return self
        return self.replace(name=self.name.replace(NUL, ""), message=self.message.replace(NUL, ""))


def batch_number(batch: bytes) -> int:
    """Return the first number of a batch's ids, the same for each repetition of the batch.

    It has 72 bits, so that all numbers of a batch fit into the 74 bits of a UUID.
    """
    return int.from_bytes(hashlib.sha256(batch).digest()[:9])


def line_id(first: int, number: int, logged: datetime) -> UUID:
    """Return the id of the `number`th line of the batch whose ids count from `first`.

    It is a version 7 UUID of the line's time, as the reference's ids are. The ids of one
    millisecond sort as the lines were sent.
    """
    return uuid7(max(logged, EPOCH), first + number)
