"""Hold slots of limits in many threads, of one more than there are at once."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from prefect import get_client, tags, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import SyncPrefectClient
from prefect.concurrency.sync import concurrency, rate_limit

SLOTS = 2
WORKERS = 3

# Seconds that a slot is held: for the next one to be granted meanwhile, if there is one.
LONG_ENOUGH = 3


class Tally:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = self.most = 0

    @contextmanager
    def one_more(self) -> Iterator[None]:
        self._add(1)
        time.sleep(LONG_ENOUGH)
        yield
        self._add(-1)

    def _add(self, more: int) -> None:
        with self._lock:
            self._now += more
            self.most = max(self.most, self._now)


def hold(tally: Tally) -> None:
    with concurrency("few", strict=True), tally.one_more():
        pass


@task(cache_policy=NO_CACHE)
def tagged(tally: Tally) -> None:
    with tally.one_more():
        pass


def hold_by_tag(tally: Tally) -> None:
    with tags("few"):
        tagged(tally)


def check(client: SyncPrefectClient, name: str, hold_one: Callable[[Tally], None]) -> None:
    tally = Tally()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(hold_one, [tally] * WORKERS))
    assert tally.most == SLOTS, tally.most
    left = client.read_global_concurrency_limit_by_name(name)
    assert left.active_slots == 0, left


def wait_for_a_rate() -> None:
    started = time.monotonic()
    for _ in range(2):
        rate_limit("rare")
    assert time.monotonic() - started > 1, "it was not delayed"


def main() -> None:
    with get_client(sync_client=True) as client:
        client.create_concurrency_limit("few", SLOTS)
        client.upsert_global_concurrency_limit_by_name("few", SLOTS)
        client.upsert_global_concurrency_limit_by_name("rare", 1, 0.5)
        check(client, "few", hold)
        check(client, "tag:few", hold_by_tag)
    wait_for_a_rate()


main()
