"""Task runs as items."""

from typing import NamedTuple

from pydantic import TypeAdapter

from runledger.domain.concurrency_limits import HeldSlots
from runledger.domain.runs.bookkeeping import in_utc
from runledger.domain.runs.facts import TaskRunFacts, duration
from runledger.domain.runs.states import is_taken_up, is_waiting
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys, sort_keys

# What a task run and its facts are read from; the rest of its item serves indexes.
TASK_RUN_ATTRIBUTES = ("pk", "sk", "body", "document_pieces", "facts", "version", "subflow_runs")

HELD: TypeAdapter[tuple[HeldSlots, ...]] = TypeAdapter(tuple[HeldSlots, ...])


class Stored(NamedTuple):
    """A task run as it was read: the version guards the next write.

    `subflow_runs` counts the flow runs that it is parent of, `held` are the slots that it has. Of
    runs that events report outside of flow runs, several may have a key, and only one `claims` it.
    `pieces` tells which fields of its document are elsewhere.
    """

    run: TaskRun
    version: int
    subflow_runs: int = 0
    held: tuple[HeldSlots, ...] = ()
    claims: bool = True
    pieces: str | None = None

    @property
    def facts(self) -> TaskRunFacts:
        """What criteria and orders ask about."""
        return TaskRunFacts.of(self.run, subflow_runs=self.subflow_runs)


def task_run_item(stored: Stored, *, shards: int) -> Item:
    """Spell a task run; its state is stored as later reads show it."""
    run = in_utc(stored.run)
    run = run.replace(state=run.state and run.state.as_stored())
    facts = stored.facts
    return items.new_item(
        keys.task_run(run.id),
        body=items.dump_document(run),
        facts=items.dump_document(facts),
        version=stored.version,
        subflow_runs=stored.subflow_runs or None,
        held=HELD.dump_json(stored.held).decode() if stored.held else None,
        claims=None if stored.claims else False,
        owner=run.flow_run_id and keys.flow_run(run.flow_run_id).pk,
        # By this the stream's filter knows a run that no worker has started.
        deferred=str(run.state_id) if is_waiting(run.state) or is_taken_up(run.state) else None,
        **items.sort_attributes(run, keys.TASK_RUN, shards),
        duration=sort_keys.duration_sort_key(duration(facts)),
    )


def read_task_run(item: Item) -> Stored:
    """Read back what `task_run_item` spelled."""
    return Stored(
        run=TaskRun.model_validate_json(item["body"]),
        version=int(item["version"]),
        subflow_runs=int(item.get("subflow_runs", 0)),
        held=HELD.validate_json(item.get("held", "[]")),
        claims=item.get("claims", True),
        pieces=item.get("document_pieces"),
    )


def read_facts(entry: Item) -> TaskRunFacts:
    """Read the facts of a task run from its item or from an index that carries them."""
    return TaskRunFacts.model_validate_json(entry["facts"])
