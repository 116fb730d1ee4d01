"""Calls functions beside requests: for the table's stream, and on schedules."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import boto3

from local import console
from local.cloudformation.template import Template
from local.database import expiry, sqlite, tables
from local.database.dynamodb import RunningDatabase
from local.event_sources import streams
from local.event_sources.batches import DeadLetter
from local.event_sources.records import Stream
from local.event_sources.stream_pollers import Pollers
from local.event_sources.streams import Consumer, Wait
from local.functions import Functions
from local.settings import LocalSettings

SECONDS_BETWEEN_TRIMS = 1.0
STREAMLESS = "This server does not read the stream of table {}: task workers get no runs from it."


@contextmanager
def running(
    api: Template, settings: LocalSettings, database: RunningDatabase, functions: Functions
) -> Iterator[None]:
    """Call functions for stream records and schedules until the end of the block."""
    pollers = Pollers()
    functions.after_writes(pollers.wake)
    consumers = _consumers(api, settings, database, functions=functions, wait=pollers.wait)
    if database.file and consumers:
        trim_all = partial(trim, database.file, settings.table, consumers)
        trim_all()
        pollers.repeat(trim_all, SECONDS_BETWEEN_TRIMS)
    if database.file and api.time_to_live:
        expire_all = partial(
            expiry.remove_expired, boto3.client("dynamodb"), database.file, settings.table, api
        )
        pollers.repeat(expire_all, expiry.SECONDS_BETWEEN_SEARCHES)
    with pollers.running(consumers, api.schedules, functions):
        yield


def _consumers(
    api: Template,
    settings: LocalSettings,
    database: RunningDatabase,
    *,
    functions: Functions,
    wait: Wait,
) -> Sequence[Consumer]:
    client = boto3.client("dynamodb")
    # AWS's own event source mappings read an AWS table's stream, which has many shards.
    if settings.is_aws or not tables.has_stream(client, settings.table):
        console.say(STREAMLESS.format(settings.table))
        return ()
    if database.file:
        sqlite.index_stream(database.file)
    if settings.data:
        settings.data.mkdir(parents=True, exist_ok=True)
    return streams.consumers(
        api.streams,
        Stream(client, settings.table, database.endpoint),
        functions,
        on_failure=_dead_letter_writer(settings.data),
        wait=wait,
        folder=settings.data,
    )


def trim(file: Path, table: str, consumers: Sequence[Consumer]) -> None:
    """Remove the stream records that every consumer has processed.

    The checkpoints are on disk by then, so the next server needs none of these records.
    """
    processed = [consumer.sequence for consumer in consumers]
    if all(processed):
        sqlite.trim_stream(file, table, min(map(int, processed)))


def _dead_letter_writer(folder: Path | None) -> Callable[[DeadLetter], None]:
    """Write dead letters to a file of the folder, in place of a queue."""
    file = folder and folder / "dead-letters.jsonl"

    def write(letter: DeadLetter) -> None:
        where = f"kept in {file}" if file else "lost"
        console.say(f"{letter.operation} failed on {len(letter.records)} records, {where}")
        if file:
            with file.open("a") as letters:
                letters.write(f"{letter.text()}\n")

    return write
