"""Failures of stream consumers, and the records that the stream has to repeat."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from runledger.domain.errors import Unfinished
from runledger.store.dynamodb.stream_records import Change


class Failure(NamedTuple):
    """A failed or unfinished change; the stream repeats its changes from this one on."""

    sequence_number: str
    error: Exception


def attempt(
    act: Callable[[Sequence[Change]], None], changes: Sequence[Change]
) -> Iterator[Failure]:
    """Act on changes, if there are any; yield the failure."""
    if not changes:
        return
    try:
        act(changes)
    except Unfinished as unfinished:
        yield Failure(unfinished.sequence_number, unfinished)
    except Exception as error:  # noqa: BLE001 - one failure does not keep others from acting
        yield Failure(changes[0].sequence_number, error)
