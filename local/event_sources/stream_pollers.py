"""Threads that call functions beside requests: one per stream mapping, one per schedule."""

import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import boto3

from local.event_sources.schedules import scheduled_event
from local.event_sources.streams import Consumer
from local.event_sources.triggers import FunctionSchedule
from local.functions import Functions

WRITES = {"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"}
# A write of a function here is followed at once, or nearly: another may come right behind it. What
# others write is found by looking now and then.
SECONDS_TO_GATHER = 0.003
SECONDS_BETWEEN_READS = 0.012
# Who has that much to tell is not asked so often: it costs less, and at AWS it is 0.25 s anyway.
MANY, SECONDS_BETWEEN_MANY = 10, 0.05
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_STOP = 5.0


class Stopped(Exception):  # noqa: N818 no failure
    """The server ends; what is not done is left to the next one."""


class Followers:
    """Threads that end with the server."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._written: list[threading.Event] = []
        self._repeated: list[Callable[[], None]] = []

    def wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Stopped

    def watch_writes(self) -> None:
        """See what the clients write that boto3 makes from here on."""
        boto3.setup_default_session()
        session: Any = boto3.DEFAULT_SESSION
        session.events.register("after-call.dynamodb", self._note)

    def repeat(self, work: Callable[[], None], seconds: float) -> None:
        """Do something again and again, once they are running."""

        def do() -> None:
            while True:
                self.wait(seconds)
                work()

        self._repeated.append(do)

    @contextmanager
    def running(
        self,
        consumers: Sequence[Consumer],
        schedules: Sequence[FunctionSchedule],
        functions: Functions,
    ) -> Iterator[None]:
        work: list[Callable[[], None]] = [self._following(consumer) for consumer in consumers]
        work += [self._timing(schedule, functions) for schedule in schedules]
        work += self._repeated
        threads = [
            threading.Thread(target=_until_stopped, args=[part], daemon=True) for part in work
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._look()
            for thread in threads:
                thread.join(SECONDS_TO_STOP)

    def _following(self, consumer: Consumer) -> Callable[[], None]:
        written = threading.Event()
        self._written.append(written)

        def follow() -> None:
            while True:
                written.clear()
                if found := consumer.look(self.wait):
                    self.wait(SECONDS_BETWEEN_MANY if found > MANY else SECONDS_BETWEEN_READS)
                elif written.wait(SECONDS_BETWEEN_LOOKS):
                    self.wait(SECONDS_TO_GATHER)

        return follow

    def _timing(self, schedule: FunctionSchedule, functions: Functions) -> Callable[[], None]:
        def keep_time() -> None:
            while True:
                self.wait(schedule.every.total_seconds())
                try:
                    functions.call(schedule.operation, scheduled_event(schedule))
                except Exception:  # noqa: BLE001 there will be another time
                    sys.stderr.write(traceback.format_exc())

        return keep_time

    def _note(self, model: Any, **_: object) -> None:  # noqa: ANN401 botocore's
        if model.name in WRITES:
            self._look()

    def _look(self) -> None:
        for written in self._written:
            written.set()


def _until_stopped(work: Callable[[], None]) -> None:
    with suppress(Stopped):
        work()
