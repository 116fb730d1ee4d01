"""Reads changes of the table's stream: the entity that changed, before and after.

Services get values: no other module reads the items of a change.

`make import` marks runs, events and log lines that it writes: they are counted, and no news.
"""

from runledger.domain.logs import Log
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.writes import Item
from runledger.store.logs import chunks
from runledger.store.runs import cancellations, task_run_deletion, task_run_items, task_run_queue
from runledger.store.schema import keys

IMPORTED = "imported"
"""The attribute that marks an item with the time of its import, in seconds."""


def is_document_piece(change: Change) -> bool:
    """Return whether a change is of a piece of a large document."""
    return large_documents.is_piece(change.key)


def had_document_pieces(change: Change) -> bool:
    """Return whether the old item had pieces."""
    return bool(large_documents.references(change.old or {}))


def is_removal(change: Change) -> bool:
    """Return whether the item was removed."""
    return change.new is None


def is_end_of_retention(change: Change) -> bool:
    """Return whether the timer of a finished run was removed."""
    return change.key.sk == keys.RETENTION and change.new is None


def is_new_queue_entry(change: Change) -> bool:
    """Return whether a background run was put into a queue."""
    return change.old is None and keys.is_of(change.key, keys.QUEUE)


def queue_of(change: Change) -> str | None:
    """Return the queue into which a background run was put."""
    return task_run_queue.queue_of(change.new) if change.new else None


def left_queue(change: Change) -> bool:
    """Return whether a background run that no worker held left a state in which it waited."""
    if change.old is None or task_run_items.HOLDER in change.old:
        return False
    after = change.new.get("deferred") if change.new else None
    return change.old.get("deferred") not in {None, after}


def task_run_before(change: Change) -> TaskRun | None:
    """Return the task run before the change, without its document's pieces."""
    return _task_run(change.old)


def task_run_after(change: Change) -> TaskRun | None:
    """Return the task run after the change, without its document's pieces."""
    return _task_run(change.new)


def removal_was_complete(change: Change) -> bool:
    """Return whether one transaction removed a task run with all items in its partition."""
    return change.old is not None and task_run_deletion.fits_a_transaction(change.old)


def entered_flow_run_state(change: Change) -> bool:
    """Return whether a flow run was created or entered another state."""
    is_flow_run = keys.is_of(change.key, keys.FLOW_RUN) and change.key.sk == keys.FLOW_RUN
    if not is_flow_run or change.new is None or _is_import(change):
        return False
    return _state(change.new) != _state(change.old)


def flow_run_state_before(change: Change) -> State | None:
    """Return the state of a flow run before the change."""
    return _state(change.old)


def actor(change: Change) -> str | None:
    """Return the name of the key whose request changed a flow run, if it showed one."""
    return change.new.get("actor") if change.new else None


def is_of_states(change: Change) -> bool:
    """Return whether a change is of a run, or of its earlier states."""
    return keys.is_run(change.key) or keys.is_earlier_states(change.key)


def entered_task_run_state(change: Change) -> str | None:
    """Return the type of the state that a task run entered; None if it stayed in its type."""
    if change.key.sk != keys.TASK_RUN or change.new is None or _is_import(change):
        return None
    after = keys.state_type_of(change.new)
    return after if change.old is None or after != keys.state_type_of(change.old) else None


def is_cancellation(change: Change) -> bool:
    """Return whether a flow run was cancelled, or some of its task runs after it."""
    return cancellations.is_cancellation(change)


def cancelled_up_to(change: Change) -> str:
    """Return the sort key up to which the task runs of a cancelled flow run are cancelled."""
    return cancellations.cancelled_up_to(change.new)


def is_new_event(change: Change) -> bool:
    """Return whether an event was stored."""
    is_new = change.old is None and keys.is_of(change.key, keys.EVENTS)
    return is_new and not _is_import(change)


def has_subscribed_lines(change: Change) -> bool:
    """Return whether log lines were stored that matched a subscriber's filter."""
    is_new = change.old is None and change.new is not None
    return is_new and chunks.SUBSCRIBED in (change.new or {}) and not _is_import(change)


def log_lines(change: Change) -> list[Log] | None:
    """Return the log lines of a new chunk; None for one that is stored in several pieces."""
    if change.new is None or not chunks.is_whole([change.new]):
        return None
    return chunks.read_logs([change.new])


def _is_import(change: Change) -> bool:
    """Return whether this change marked the item: later ones leave the mark or remove it."""
    mark = (change.new or {}).get(IMPORTED)
    return mark is not None and mark != (change.old or {}).get(IMPORTED)


def _task_run(item: Item | None) -> TaskRun | None:
    return task_run_items.read_task_run(item).run if item else None


def _state(item: Item | None) -> State | None:
    return items.read_document(FlowRun, item).state if item else None
