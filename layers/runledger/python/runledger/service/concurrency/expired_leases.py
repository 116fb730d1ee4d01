"""Release the slots of expired leases."""

from collections.abc import Iterable
from datetime import datetime

from runledger.domain.errors import WriteConflict
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.concurrency.limit_items import SeenLimit
from runledger.store.store import Store


def make_room(store: Store, full: Iterable[SeenLimit], now: datetime) -> None:
    """Give back what expired leases hold of limits that are full: nobody else is sure to do it.

    Raises:
        WriteConflict: something came back, look again.
    """
    for seen in full:
        leases = ConcurrencyLimitStore.of(store).leases(seen.limit.id)
        expired = LeaseStore.of(store).expired(leases, now)
        for one in expired:
            LeaseStore.of(store).give_back_expired(one, now)
        if expired:
            raise WriteConflict(f"slots of {seen.limit.name} came back")
