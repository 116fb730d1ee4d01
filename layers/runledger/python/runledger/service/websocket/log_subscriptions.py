"""Telling clients of lines of logs as they come; of the past they are told nothing.

A record of the stream has a chunk of lines, and each line is a message of its own. So of a batch of
records no more are told than there is time for; the stream tells of the others again.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

from runledger.domain.errors import Unfinished
from runledger.domain.logs import Log
from runledger.domain.websocket import event_subscriptions, protocol
from runledger.domain.websocket.event_subscriptions import LogSubscriber
from runledger.service.context import ServiceContext
from runledger.service.websocket.event_subscriptions import AT_ONCE, pass_on
from runledger.store.dynamodb.stream_records import Change
from runledger.store.logs.chunks import is_whole, read_logs
from runledger.store.websocket.event_subscriptions import SubscriberStore

# Lines that are told in a call of the function, which lasts 29 s: a message takes milliseconds.
MAX_LINES = 2_000


def hear(context: ServiceContext, connection_id: str, text: str) -> None:
    """Let a client listen; once it does, what else it says means nothing.

    Raises:
        CloseConnection: it asks for nothing that can be understood.
    """
    if SubscriberStore.of(context.store, LogSubscriber).is_known(connection_id):
        return
    wanted = event_subscriptions.wanted_lines(protocol.read(text), context.now)
    subscriber = LogSubscriber(connection_id=connection_id, wanted=wanted)
    SubscriberStore.of(context.store, LogSubscriber).add(subscriber, context.now)


def tell(context: ServiceContext, added: Sequence[Change]) -> None:
    """Tell all who listen of lines that were stored, but of those that are in several pieces.

    Raises:
        Unfinished: there are too many lines to tell of all.
    """
    told, rest = _in_time([change for change in added if change.new and is_whole([change.new])])
    lines = sorted(chain.from_iterable(told), key=lambda line: (line.timestamp, line.id))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(
            pool.map(
                lambda one: _tell(context, one, lines),
                SubscriberStore.of(context.store, LogSubscriber).all(),
            )
        )
    if rest:
        raise Unfinished(rest.sequence_number)


def _in_time(added: Sequence[Change]) -> tuple[list[list[Log]], Change | None]:
    """Return the lines of the first chunks, one at least, and the first for which no time is."""
    told: list[list[Log]] = []
    number = 0
    for change in added:
        lines = read_logs([change.new]) if change.new else []
        number += len(lines)
        if told and number > MAX_LINES:
            return told, change
        told.append(lines)
    return told, None


def _tell(context: ServiceContext, subscriber: LogSubscriber, lines: Sequence[Log]) -> None:
    messages = (
        event_subscriptions.log_message(line) for line in lines if subscriber.wanted.matches(line)
    )
    pass_on(
        context,
        SubscriberStore.of(context.store, LogSubscriber),
        subscriber.connection_id,
        messages,
    )
