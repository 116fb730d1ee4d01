"""Lines of the logs of runs, and the orders in which they are listed (contract, neighbours 7)."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from runledger.domain.identity import EPOCH, uuid7
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
        return self.but(name=self.name.replace(NUL, ""), message=self.message.replace(NUL, ""))


def line_id(batch: bytes, number: int, logged: datetime) -> UUID:
    """Return the id of a line of a batch: the same each time that the same batch is sent.

    It looks as the reference's do, a version 7 UUID, of the time when the line was logged.
    """
    chance = hashlib.sha256(b"%d " % number + batch).digest()
    return uuid7(max(logged, EPOCH), int.from_bytes(chance[:10]))
