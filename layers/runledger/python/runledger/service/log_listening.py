"""Telling clients of lines of logs as they come; of the past they are told nothing."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from runledger.domain import conversations, listeners
from runledger.domain.listeners import LogListener
from runledger.domain.logs import Log
from runledger.service.listening import AT_ONCE, pass_on
from runledger.service.means import Means
from runledger.store.changes import Change
from runledger.store.log_items import is_whole, read_log


def hear(means: Means, connection_id: str, text: str) -> None:
    """Let a client listen; once it does, what else it says means nothing.

    Raises:
        Closed: it asks for nothing that can be understood.
    """
    if means.store.log_listeners.is_known(connection_id):
        return
    wanted = listeners.wanted_lines(conversations.read(text), means.now)
    listener = LogListener(connection_id=connection_id, wanted=wanted)
    means.store.log_listeners.add(listener, means.now)


def tell(means: Means, added: Sequence[Change]) -> None:
    """Tell all who listen of lines that were stored, but of those that are in several pieces."""
    stored = [change.new for change in sorted(added, key=lambda one: one.key) if change.new]
    lines = [read_log([item]) for item in stored if is_whole([item])]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _tell(means, one, lines), means.store.log_listeners.all()))


def _tell(means: Means, listener: LogListener, lines: Sequence[Log]) -> None:
    messages = (listeners.told_line(line) for line in lines if listener.wanted.matches(line))
    pass_on(means, means.store.log_listeners, listener.connection_id, messages)
