"""Threads that call functions beside requests: one per stream mapping, one per schedule."""

import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from local.cloudformation.triggers import FunctionSchedule
from local.event_sources.schedules import scheduled_event
from local.event_sources.streams import Consumer
from local.functions import Functions

# A function that may have written wakes the pollers, which read after a moment: others write right
# behind it. Writes of other processes wake nobody: polls find them.
SECONDS_TO_GATHER = 0.003
SECONDS_BETWEEN_READS = 0.012
# After many records, wait longer: fewer, larger reads cost less. AWS reads every 0.25 s anyway.
MANY, SECONDS_BETWEEN_MANY = 10, 0.05
SECONDS_BETWEEN_POLLS = 1.0
SECONDS_TO_STOP = 5.0


class Stopped(Exception):  # noqa: N818 no failure
    """The server stops; the next one continues at the checkpoints."""


class Pollers:
    """Threads that poll streams, run schedules and repeat tasks until the server stops."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._wake_ups: list[threading.Event] = []
        self._repeated_tasks: list[Callable[[], None]] = []

    def wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Stopped

    def wake(self) -> None:
        """Let the pollers of streams read now."""
        for wake_up in self._wake_ups:
            wake_up.set()

    def repeat(self, task: Callable[[], None], seconds: float) -> None:
        """Repeat a task at this interval while the threads run."""

        def run() -> None:
            while True:
                self.wait(seconds)
                task()

        self._repeated_tasks.append(run)

    @contextmanager
    def running(
        self,
        consumers: Sequence[Consumer],
        schedules: Sequence[FunctionSchedule],
        functions: Functions,
    ) -> Iterator[None]:
        tasks: list[Callable[[], None]] = [self._stream_poller(consumer) for consumer in consumers]
        tasks += [self._scheduler(schedule, functions) for schedule in schedules]
        tasks += self._repeated_tasks
        threads = [
            threading.Thread(target=_until_stopped, args=[task], daemon=True) for task in tasks
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self.wake()
            for thread in threads:
                thread.join(SECONDS_TO_STOP)

    def _stream_poller(self, consumer: Consumer) -> Callable[[], None]:
        wake_up = threading.Event()
        self._wake_ups.append(wake_up)

        def run() -> None:
            while True:
                wake_up.clear()
                if count := consumer.poll(self.wait):
                    self.wait(SECONDS_BETWEEN_MANY if count > MANY else SECONDS_BETWEEN_READS)
                elif wake_up.wait(SECONDS_BETWEEN_POLLS):
                    self.wait(SECONDS_TO_GATHER)

        return run

    def _scheduler(self, schedule: FunctionSchedule, functions: Functions) -> Callable[[], None]:
        def run() -> None:
            while True:
                self.wait(schedule.every.total_seconds())
                try:
                    functions.call(schedule.operation, scheduled_event(schedule))
                except Exception:  # noqa: BLE001 the schedule calls it again
                    sys.stderr.write(traceback.format_exc())

        return run


def _until_stopped(task: Callable[[], None]) -> None:
    with suppress(Stopped):
        task()
