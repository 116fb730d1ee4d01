"""Event source mappings: call functions with the table's changes."""

import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from local.cloudformation.triggers import StreamMapping
from local.event_sources.batches import BatchInvoker, DeadLetter
from local.event_sources.checkpoints import Checkpoint, open_checkpoint
from local.event_sources.records import Record, Stream, sequence
from local.functions import Functions

SECONDS_TO_RECOVER = 1.0

Wait = Callable[[float], None]


class Consumer:
    """Reads the stream for one mapping."""

    def __init__(
        self,
        mapping: StreamMapping,
        stream: Stream,
        checkpoint: Checkpoint,
        invoker: BatchInvoker,
    ) -> None:
        self.mapping = mapping
        self._stream = stream
        self._checkpoint = checkpoint
        self._invoker = invoker
        self._iterator = ""
        if mapping.starts_latest and not checkpoint.is_known:
            self._skip_all()

    @property
    def sequence(self) -> str:
        """The sequence number of the last processed record."""
        return self._checkpoint.sequence

    def process_next(self, wait: Wait) -> int:
        """Process the next records; return how many there were."""
        records = self._read()
        matching = self._matching(records)
        if records and self.mapping.window and len(matching) < self.mapping.batch_size:
            wait(self.mapping.window)
            added = self._read()
            records, matching = [*records, *added], [*matching, *self._matching(added)]
        self._invoker.process(matching)
        if records:
            self._checkpoint.advance(sequence(records[-1]))
        return len(records)

    def poll(self, wait: Wait) -> int:
        """Process the next records; wait and start over if the database does not answer."""
        try:
            return self.process_next(wait)
        except (BotoCoreError, ClientError):
            sys.stderr.write(traceback.format_exc())
            self._iterator = ""  # continue behind the checkpoint
            wait(SECONDS_TO_RECOVER)
            return 1

    def _read(self) -> Sequence[Record]:
        if not self._iterator:
            self._iterator = self._stream.start(self._checkpoint.sequence)
        records, self._iterator = self._stream.read(self._iterator)
        return records

    def _matching(self, records: Sequence[Record]) -> list[Record]:
        return [record for record in records if self.mapping.matches(record)]

    def _skip_all(self) -> None:
        self._checkpoint.advance("")
        while records := self._read():
            self._checkpoint.advance(sequence(records[-1]))


def consumers(
    mappings: Sequence[StreamMapping],
    stream: Stream,
    functions: Functions,
    *,
    on_failure: Callable[[DeadLetter], None],
    wait: Wait,
    folder: Path | None = None,
) -> list[Consumer]:
    """One consumer per mapping, with checkpoints in the folder, or in memory."""
    result = []
    for mapping in mappings:
        checkpoint = open_checkpoint(folder, mapping, stream)
        invoker = BatchInvoker(
            mapping, functions, checkpoint=checkpoint.advance, on_failure=on_failure, wait=wait
        )
        result.append(Consumer(mapping, stream, checkpoint, invoker))
    return result


def pump(consumers: Sequence[Consumer]) -> None:
    """Process every record, and those that functions add meanwhile."""
    while any(consumer.process_next(lambda _: None) for consumer in consumers):
        pass
