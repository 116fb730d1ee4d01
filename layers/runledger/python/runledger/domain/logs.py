"""Lines of the logs of runs, and the orders in which they are listed.

See docs/contract/neighbours.md 7.
"""

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
    """The orders, as the reference lists them in its errors."""

    TIMESTAMP_ASC = "TIMESTAMP_ASC"
    TIMESTAMP_DESC = "TIMESTAMP_DESC"


# Which of them go backwards.
REVERSED: Mapping[LogSort, bool] = {LogSort.TIMESTAMP_ASC: False, LogSort.TIMESTAMP_DESC: True}


class Log(Value):
    """A line that a run logged."""

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
        """Leave out the characters that the reference's databases do not hold."""
        if NUL not in self.name and NUL not in self.message:
            return self
        return self.replace(name=self.name.replace(NUL, ""), message=self.message.replace(NUL, ""))


def batch_number(batch: bytes) -> int:
    """Return what the ids of a batch's lines count from: the same each time that it is sent.

    It has 72 bits, so that the ids of a batch stay below the 74 bits that a UUID has room for.
    """
    return int.from_bytes(hashlib.sha256(batch).digest()[:9])


def line_id(first: int, number: int, logged: datetime) -> UUID:
    """Return the id of the `number`th line of the batch whose ids count from `first`.

    It looks as the reference's do, a version 7 UUID, of the time when the line was logged. Of lines
    of one millisecond the ids sort as they were sent.
    """
    return uuid7(max(logged, EPOCH), first + number)
