"""Use cases of concurrency statuses: the runs that hold slots of a pool or of a queue."""

from collections import Counter
from uuid import UUID

from runledger.domain.errors import NotFound
from runledger.domain.work_pools.slot_holders import PageRequest, PoolSlots, QueueSlots
from runledger.service.work_pools import old_queues
from runledger.store.runs import run_reads
from runledger.store.store import Store
from runledger.store.work_pools.polls import PollStore
from runledger.store.work_pools.pools import WorkPoolStore


def of_pool(store: Store, name: str, page: PageRequest, *, runs_per_queue: int) -> PoolSlots:
    """Return who holds slots of a pool: runs that are PENDING or RUNNING.

    Raises:
        NotFound: there is no such pool.
    """
    seen = WorkPoolStore.of(store).read(name)
    if seen is None:
        raise NotFound(f"Work pool {name!r} not found.")
    document = seen.document
    known = {queue.id for queue in document.queues}
    slots = PollStore.of(store).held_slots(name)
    held = [slot for slot in slots if slot.queue_id in known and not slot.cancelling]
    active = Counter(slot.queue_id for slot in held)
    shown = document.by_priority[page.slice]
    ids = {
        queue.id: [slot.run_id for slot in held if slot.queue_id == queue.id][:runs_per_queue]
        for queue in shown
    }
    runs = run_reads.read_flow_runs(store, [run for some in ids.values() for run in some])
    of_queues = [
        QueueSlots(queue, active[queue.id], [runs[run] for run in ids[queue.id] if run in runs])
        for queue in shown
    ]
    return PoolSlots(document, active.total(), of_queues)


def of_queue(store: Store, queue_id: UUID, page: PageRequest) -> QueueSlots:
    """Return who holds slots of a queue: also runs that are being cancelled.

    Raises:
        NotFound: there is no such queue.
    """
    seen, queue = old_queues.find(store, queue_id, NotFound("Work queue not found."))
    held = PollStore.of(store).held_slots(seen.name, queue.id)
    ids = [slot.run_id for slot in held[page.slice]]
    runs = run_reads.read_flow_runs(store, ids)
    return QueueSlots(queue, len(held), [runs[run] for run in ids if run in runs])
