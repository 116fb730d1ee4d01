"""A stream consumer's position, on disk: after a kill, the next server continues there."""

from pathlib import Path

from local.cloudformation.triggers import StreamMapping
from local.event_sources.records import Stream


class Checkpoint:
    """The sequence number of the last record of a stream that a mapping has processed."""

    def __init__(self, file: Path | None = None) -> None:
        """Store the number in the file, or in memory."""
        self._file = file
        self.is_known = file is not None and file.exists()
        self.sequence = file.read_text("ascii") if file and self.is_known else ""

    def advance(self, sequence: str) -> None:
        if self.is_known and sequence == self.sequence:
            return
        if self._file:
            new_file = self._file.with_suffix(".new")
            new_file.write_text(sequence, "ascii")
            new_file.replace(self._file)
        # Only now, with the number on disk, may the records up to it be removed.
        self.sequence, self.is_known = sequence, True


def open_checkpoint(folder: Path | None, mapping: StreamMapping, stream: Stream) -> Checkpoint:
    return Checkpoint(folder and folder / f"{mapping.name}-{stream.label}.checkpoint")
