"""A stream consumer's position, on disk: after a kill, the next server continues there."""

from pathlib import Path

from local.event_sources.records import Stream
from local.event_sources.triggers import StreamMapping


class Checkpoint:
    """The sequence number of the last record that needs no more, of one mapping on one stream."""

    def __init__(self, file: Path | None = None) -> None:
        """Keep it in the file, or in memory."""
        self._file = file
        self.is_known = file is not None and file.exists()
        self.sequence = file.read_text("ascii") if file and self.is_known else ""

    def move(self, sequence: str) -> None:
        if self._file:
            written = self._file.with_suffix(".new")
            written.write_text(sequence, "ascii")
            written.replace(self._file)
        # What is told has been kept: records up to it may be removed.
        self.sequence, self.is_known = sequence, True


def checkpoint(folder: Path | None, mapping: StreamMapping, stream: Stream) -> Checkpoint:
    return Checkpoint(folder and folder / f"{mapping.name}-{stream.label}.checkpoint")
