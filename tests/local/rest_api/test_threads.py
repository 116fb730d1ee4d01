import threading
from collections.abc import Callable

import pytest

from local.rest_api.threads import ThreadStack

SECONDS = 5.0


def names_of(threads: ThreadStack, number: int) -> list[str]:
    """Make calls one after the other; return the names of their threads."""
    names: list[str] = []
    for _ in range(number):
        ended = threading.Event()

        def call(ended: threading.Event = ended) -> None:
            names.append(threading.current_thread().name)
            ended.set()

        threads.run(call)
        assert ended.wait(SECONDS)
        # It waits again once it is back from the call.
        threading.Event().wait(0.02)
    return names


def busy(threads: ThreadStack, number: int, release: threading.Event) -> None:
    """Keep so many threads at work until they are released."""
    begun = threading.Barrier(number + 1)

    def call() -> None:
        begun.wait(SECONDS)
        release.wait(SECONDS)

    for _ in range(number):
        threads.run(call)
    begun.wait(SECONDS)


def test_calls_one_after_the_other_take_one_thread() -> None:
    assert set(names_of(ThreadStack(3, "request"), 5)) == {"request_1"}


def test_the_thread_that_was_busy_last_takes_the_next_call() -> None:
    threads, first, second = ThreadStack(3, "request"), threading.Event(), threading.Event()
    busy(threads, 1, first)
    busy(threads, 1, second)
    second.set()
    threading.Event().wait(0.05)
    first.set()
    threading.Event().wait(0.05)
    assert names_of(threads, 3) == ["request_1"] * 3


def test_calls_beyond_the_threads_wait_and_are_made_in_their_order() -> None:
    threads, release, ended = ThreadStack(1, "request"), threading.Event(), threading.Event()
    made: list[int] = []

    def call_of(number: int) -> Callable[[], None]:
        return lambda: made.append(number)

    busy(threads, 1, release)
    for number in range(10):
        threads.run(call_of(number))
    threads.run(ended.set)
    assert made == []
    release.set()
    assert ended.wait(SECONDS)
    assert made == list(range(10))


def test_many_calls_from_many_threads_are_each_made_once() -> None:
    threads, number = ThreadStack(4, "request"), 2_000
    made: list[int] = []
    ended = threading.Semaphore(0)

    def call_of(one: int) -> Callable[[], None]:
        def call() -> None:
            made.append(one)
            ended.release()

        return call

    def ask(begin: int) -> None:
        for one in range(begin, number, 5):
            threads.run(call_of(one))

    callers = [threading.Thread(target=ask, args=(begin,)) for begin in range(5)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert all(ended.acquire(timeout=SECONDS) for _ in range(number))
    assert sorted(made) == list(range(number))


def test_an_error_is_printed_and_its_thread_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    threads = ThreadStack(1, "request")

    def fail() -> None:
        raise ZeroDivisionError

    threads.run(fail)
    assert names_of(threads, 1) == ["request_1"]
    assert "ZeroDivisionError" in capsys.readouterr().err
