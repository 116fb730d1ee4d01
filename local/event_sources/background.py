"""Calls functions beside requests: for the table's stream, and on schedules."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import boto3

from local import console
from local.cloudformation.template import Template
from local.database import sqlite, tables
from local.database.dynamodb import Database
from local.event_sources import streams
from local.event_sources.batches import DeadLetter
from local.event_sources.records import Stream
from local.event_sources.stream_pollers import Followers
from local.event_sources.streams import Consumer, Wait
from local.functions import Functions
from local.settings import LocalSettings

SECONDS_BETWEEN_TRIMS = 1.0
STREAMLESS = "This server does not read the stream of table {}: task workers get no runs from it."


@contextmanager
def running(
    api: Template, settings: LocalSettings, database: Database, functions: Functions
) -> Iterator[None]:
    """Call functions until the end of the block; from its start, if need be."""
    followers = Followers()
    followers.watch_writes()
    consumers = _consumers(api, settings, database, functions=functions, wait=followers.wait)
    if database.file and consumers:
        trim_all = partial(trim, database.file, settings.table, consumers)
        trim_all()
        followers.repeat(trim_all, SECONDS_BETWEEN_TRIMS)
    with followers.running(consumers, api.schedules, functions):
        yield


def _consumers(
    api: Template,
    settings: LocalSettings,
    database: Database,
    *,
    functions: Functions,
    wait: Wait,
) -> Sequence[Consumer]:
    client = boto3.client("dynamodb")
    # At AWS its functions follow it, and streams are of many shards.
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
        bury=_bury(settings.data),
        wait=wait,
        folder=settings.data,
    )


def trim(file: Path, table: str, consumers: Sequence[Consumer]) -> None:
    """Remove the records of the stream that every consumer has dealt with.

    Their checkpoints are on disk by then, so that one who comes after us asks for none of them.
    """
    dealt_with = [consumer.sequence for consumer in consumers]
    if all(dealt_with):
        sqlite.trim_stream(file, table, min(map(int, dealt_with)))


def _bury(folder: Path | None) -> Callable[[DeadLetter], None]:
    """Keep what a function could not take, in place of a queue."""
    file = folder and folder / "dead-letters.jsonl"

    def bury(letter: DeadLetter) -> None:
        where = f"kept in {file}" if file else "lost"
        console.say(f"{letter.operation} failed on {len(letter.records)} records, {where}")
        if file:
            with file.open("a") as letters:
                letters.write(f"{letter.text()}\n")

    return bury
