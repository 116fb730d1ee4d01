"""Runs calls in threads, a bounded number at a time, and returns their results in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import ContextVar, copy_context
from functools import cache
from itertools import chain, islice
from typing import TypeVar

T = TypeVar("T")
A = TypeVar("A")

# Parallel calls of one request; the DynamoDB client has connections for more.
MAX_PARALLEL = 16

# Threads of this process. A Lambda has one request at a time, the local server many.
MAX_THREADS = 4 * MAX_PARALLEL

_in_thread: ContextVar[bool] = ContextVar("in_thread", default=False)


def map_all(act: Callable[[T], A], items: Iterable[T], max_parallel: int = MAX_PARALLEL) -> list[A]:
    """Return the results of `act`, in the order of the items.

    Raises:
        Exception: the first error of an `act`, in the order of the items; no call begins after it.
    """
    with ThreadPoolExecutor(max_parallel) as pool:
        return list(pool.map(act, items))


def attempt_all(act: Callable[[T], object], items: Iterable[T]) -> None:
    """Call `act` for each item, whichever of them fail.

    Raises:
        Exception: the first error of an `act`, in the order of the items, after all calls.
    """

    def attempt(item: T) -> Exception | None:
        try:
            act(item)
        except Exception as error:  # noqa: BLE001 - raised when all have been called
            return error
        return None

    for error in filter(None, map_all(attempt, items)):
        raise error


def is_in_thread() -> bool:
    """Return whether this is a thread of `map_in_parallel`."""
    return _in_thread.get()


def map_in_parallel(act: Callable[[T], A], items: Iterable[T]) -> Iterator[A]:
    """Yield the results of `act`, in the order of the items, while later calls run.

    At most `MAX_PARALLEL` calls run ahead of the awaited result. A call in such a thread runs its
    own calls one after the other, so the bound holds for a request.

    Raises:
        Exception: the first error of an `act`, in the order of the items; no call begins after it.
    """
    rest = iter(items)
    first = list(islice(rest, MAX_PARALLEL))
    if len(first) <= 1 or _in_thread.get():
        return map(act, chain(first, rest))
    return _map_in_threads(act, chain(first, rest))


def run_in_parallel(act: Callable[[T], object], items: Iterable[T]) -> None:
    """Call `act` for each item, as `map_in_parallel` does."""
    for _ in map_in_parallel(act, items):
        pass


@cache
def _pool() -> ThreadPoolExecutor:
    """Return the threads of this process: to start some took a fifth of a page of 200 runs."""
    return ThreadPoolExecutor(MAX_THREADS)


def _map_in_threads(act: Callable[[T], A], items: Iterator[T]) -> Iterator[A]:
    def act_in_thread(item: T) -> A:
        _in_thread.set(True)
        return act(item)

    def begin(item: T) -> Future[A]:
        # A copy of the context has the meter of the request.
        return _pool().submit(copy_context().run, act_in_thread, item)

    begun: deque[Future[A]] = deque()
    try:
        begun.extend(begin(item) for item in islice(items, MAX_PARALLEL))
        while begun:
            done = begun.popleft().result()
            begun.extend(map(begin, islice(items, 1)))
            yield done
    finally:
        # No call of a request begins or goes on after it.
        wait([call for call in begun if not call.cancel()])
