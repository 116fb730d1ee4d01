"""Does for each of several objects what a request asks for, within a limited time."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar
from uuid import UUID

from runledger.domain.errors import RunledgerError, Unavailable
from runledger.parallel import map_all
from runledger.store.dynamodb.calls import Deadline
from runledger.store.store import Store

T = TypeVar("T")
R = TypeVar("R")

NO_TIME = "The time of the request was over before this one's turn: ask for it again."


def delete_each(
    store: Store,
    ids: Sequence[UUID],
    deadline: Deadline,
    *,
    delete: Callable[[Store, UUID], bool],
    remove_rest: Callable[[Store, UUID], object],
) -> list[UUID]:
    """Delete objects and, until the deadline, what belongs to them; return those that existed.

    The table's stream removes the rest.
    """
    existed = map_all(lambda one: delete(store, one), ids)
    deleted = [one for one, did in zip(ids, existed, strict=True) if did]
    later = store.with_deadline(deadline)
    with suppress(Unavailable):
        map_all(lambda one: remove_rest(later, one), deleted)
    return deleted


def attempt_each(
    items: Iterable[T],
    deadline: Deadline,
    act: Callable[[T], R],
    reason: Callable[[RunledgerError], str] = str,
) -> Iterator[R | str]:
    """Yield what becomes of each item, one after the other: the result, or why there is none."""
    for item in items:
        if deadline.is_over():
            yield NO_TIME
            continue
        try:
            yield act(item)
        except RunledgerError as error:
            yield reason(error)
