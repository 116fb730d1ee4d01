"""Doing things at the same time, a bounded number of them, without changing their order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import ContextVar, copy_context
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")
A = TypeVar("A")

# Reads of one request that are under way at a time.
MAX_PARALLEL = 16

_in_thread: ContextVar[bool] = ContextVar("in_thread", default=False)


def map_in_parallel(act: Callable[[T], A], things: Iterable[T]) -> Iterator[A]:
    """Yield what `act` returns for each thing, in the order of the things.

    `MAX_PARALLEL` are under way while one is awaited, so no more are done in vain when the
    rest is not asked for. What a thread does in turn is done by itself, one after the other: the
    bound holds for a request.

    Raises:
        Exception: what the first `act` that failed raised; nothing is begun after it.
    """
    rest = iter(things)
    first = list(islice(rest, MAX_PARALLEL))
    if len(first) <= 1 or _in_thread.get():
        return map(act, chain(first, rest))
    return _map_in_threads(act, chain(first, rest))


def _map_in_threads(act: Callable[[T], A], things: Iterator[T]) -> Iterator[A]:
    pool = ThreadPoolExecutor(MAX_PARALLEL)

    def act_in_thread(thing: T) -> A:
        _in_thread.set(True)
        return act(thing)

    def begin(thing: T) -> Future[A]:
        # Each in a copy of the context, where the meter is.
        return pool.submit(copy_context().run, act_in_thread, thing)

    try:
        begun = deque(begin(thing) for thing in islice(things, MAX_PARALLEL))
        while begun:
            done = begun.popleft().result()
            begun.extend(map(begin, islice(things, 1)))
            yield done
    finally:
        pool.shutdown(cancel_futures=True)
