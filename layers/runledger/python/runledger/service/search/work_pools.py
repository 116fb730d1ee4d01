"""Filters of work pools and of their queues, in searches for what is in the queues."""

from runledger.domain.filters.ancestry import WorkQueueIds
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.work_pools import WorkPoolFilter, WorkQueueFilter
from runledger.store.store import Store


def in_queues(
    store: Store,
    criteria: Criteria,
    filters: tuple[WorkPoolFilter | None, WorkQueueFilter | None],
) -> Criteria:
    """Return the criteria with the queues that match, if there is a filter of pools or queues.

    The queues are read before the search: they are few, and what is in them are many.
    """
    wanted_pools, wanted_queues = filters
    if wanted_pools is None and wanted_queues is None:
        return criteria
    # Few searches filter by pools, and these imports take time of each cold start.
    from runledger.store.work_pools.pools import WorkPoolStore  # noqa: PLC0415

    entries = WorkPoolStore.of(store).entries()
    names = [entry.name for entry in entries if wanted_pools is None or wanted_pools.test(entry)]
    ids = frozenset(
        queue.id
        for seen in WorkPoolStore.of(store).read_each(names)
        for queue in seen.document.queues
        if wanted_queues is None or wanted_queues.test(queue)
    )
    return criteria.replace(work_queues=WorkQueueIds(ids=ids))
