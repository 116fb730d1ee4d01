"""Threads that take calls; of those that wait, the last one takes the next call."""

import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue

Call = Callable[[], object]


class ThreadStack:
    """Up to `size` threads, each started when all others are at work.

    The thread that has ended its call last has what it works with in the processor's caches, and a
    call has neither a future nor its conditions: an executor takes a tenth more of a read's time.
    """

    def __init__(self, size: int, name: str) -> None:
        self._size, self._name = size, name
        self._lock = threading.Lock()
        self._started = 0
        self._free: list[SimpleQueue[Call]] = []
        self._waiting: deque[Call] = deque()

    def run(self, call: Call) -> None:
        """Make a call in a thread, as soon as one is free; an error of it is printed."""
        with self._lock:
            if self._free:
                self._free.pop().put(call)
            elif self._started < self._size:
                self._started += 1
                self._start(call)
            else:
                self._waiting.append(call)

    def _start(self, call: Call) -> None:
        inbox: SimpleQueue[Call] = SimpleQueue()
        inbox.put(call)
        name = f"{self._name}_{self._started}"
        threading.Thread(target=self._work, args=(inbox,), name=name, daemon=True).start()

    def _work(self, inbox: "SimpleQueue[Call]") -> None:
        while True:
            # Nothing here refers to a call that has ended.
            _make(inbox.get())
            self._take_next(inbox)

    def _take_next(self, inbox: "SimpleQueue[Call]") -> None:
        with self._lock:
            if self._waiting:
                inbox.put(self._waiting.popleft())
            else:
                self._free.append(inbox)


def _make(call: Call) -> None:
    try:
        call()
    except Exception:  # noqa: BLE001 whatever it is, the thread takes the next call
        sys.stderr.write(traceback.format_exc())
