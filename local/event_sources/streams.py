"""Event source mappings: call functions with the table's changes."""

import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.event_sources.batches import DeadLetter, Deliveries
from local.event_sources.checkpoints import Checkpoint, checkpoint
from local.event_sources.records import Record, Stream, sequence
from local.event_sources.triggers import StreamMapping
from local.functions import Functions

SECONDS_TO_RECOVER = 1.0

Wait = Callable[[float], None]


class Consumer:
    """One mapping, which reads the stream for itself."""

    def __init__(
        self, mapping: StreamMapping, stream: Stream, kept: Checkpoint, deliveries: Deliveries
    ) -> None:
        self.mapping = mapping
        self._stream = stream
        self._checkpoint = kept
        self._deliveries = deliveries
        self._iterator = ""
        if mapping.starts_latest and not kept.is_known:
            self._skip_all()

    @property
    def sequence(self) -> str:
        """The number of the last record that was dealt with."""
        return self._checkpoint.sequence

    def step(self, wait: Wait) -> int:
        """Deal with the records that come next; return how many there were."""
        records = self._read()
        if records and len(self._wanted(records)) < self.mapping.batch_size and self.mapping.window:
            wait(self.mapping.window)
            records = [*records, *self._read()]
        self._deliveries.deliver(self._wanted(records))
        if records:
            self._checkpoint.move(sequence(records[-1]))
        return len(records)

    def look(self, wait: Wait) -> int:
        """Take a step, unless the database does not answer."""
        try:
            return self.step(wait)
        except (BotoCoreError, ClientError):
            sys.stderr.write(traceback.format_exc())
            self._iterator = ""  # start over behind the last record that was dealt with
            wait(SECONDS_TO_RECOVER)
            return 1

    def _read(self) -> Sequence[Record]:
        if not self._iterator:
            self._iterator = self._stream.start(self._checkpoint.sequence)
        records, self._iterator = self._stream.read(self._iterator)
        return records

    def _wanted(self, records: Sequence[Record]) -> list[Record]:
        return [record for record in records if self.mapping.wants(record)]

    def _skip_all(self) -> None:
        self._checkpoint.move("")
        while records := self._read():
            self._checkpoint.move(sequence(records[-1]))


def consumers(
    mappings: Sequence[StreamMapping],
    stream: Stream,
    functions: Functions,
    *,
    bury: Callable[[DeadLetter], None],
    wait: Wait,
    folder: Path | None = None,
) -> list[Consumer]:
    """Those of a table's stream, with their checkpoints in the folder, or in memory."""
    made = []
    for mapping in mappings:
        kept = checkpoint(folder, mapping, stream)
        deliveries = Deliveries(mapping, functions, done=kept.move, bury=bury, wait=wait)
        made.append(Consumer(mapping, stream, kept, deliveries))
    return made


def pump(consumers: Sequence[Consumer]) -> None:
    """Deal with every record that there is, and with those that functions add meanwhile."""
    while any(consumer.step(lambda _: None) for consumer in consumers):
        pass
