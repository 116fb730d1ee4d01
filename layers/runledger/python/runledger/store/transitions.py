"""Committing a decision: the run, its state and the effects, all in one transaction."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger.domain.errors import Moved
from runledger.domain.orchestration import Decision
from runledger.domain.results import Results
from runledger.domain.states import State
from runledger.domain.task_runs import TaskRun
from runledger.domain.transitions import Enqueue, ReleaseSlots, RememberResult, TakeSlots
from runledger.store import items, keys
from runledger.store.expressions import ABSENT, unmoved
from runledger.store.failures import Refused
from runledger.store.items import Stored, history
from runledger.store.surroundings import Surroundings, Surveyor
from runledger.store.table import Table
from runledger.store.task_runs import TaskRunStore
from runledger.store.writes import Put, Write

NOTHING = Surroundings()


class Scene(NamedTuple):
    """A task run for which a state is proposed, and what the proposal can call for."""

    seen: Stored
    around: Surroundings


@dataclass(frozen=True)
class TransitionStore:
    """What is asked of the table about proposed states of task runs."""

    table: Table
    shards: int

    def scene(self, run_id: UUID, proposed: State, *, alone: bool, now: datetime) -> Scene | None:
        """Read a run and, unless it is `alone` that counts, what surrounds the proposal.

        This is one call where the proposal names its flow run, or needs none; else two.
        """
        surveyor = Surveyor(self.table, proposed, now)
        own = keys.task_run(run_id)
        found = self.table.read_many([own, *([] if alone else surveyor.foreseen)])
        if own not in found:
            return None
        seen = items.read_task_run(found[own])
        return Scene(seen, NOTHING if alone else surveyor.survey(seen.run, found))

    def scene_of_new(
        self, run: TaskRun, proposed: State, *, alone: bool, now: datetime
    ) -> Surroundings:
        """Read what surrounds the first state of a run, in one call; its flow run in any case."""
        return Surveyor(self.table, proposed, now).survey_new(run, alone=alone)

    def commit(self, scene: Scene, decision: Decision[TaskRun]) -> None:
        """Write a decision, unless anything that it rests on moved.

        Raises:
            Moved: something did; decide again.
        """
        run = decision.run
        writes = [
            TaskRunStore(self.table, self.shards).amended(scene.seen, run),
            *history(keys.task_run(run.id), run.state),
            *effects(decision, scene.around),
        ]
        try:
            self.table.write(*writes)
        except Refused as refused:
            raise Moved(str(run.id)) from refused


def effects(decision: Decision[TaskRun], around: Surroundings) -> list[Write]:
    """Return the writes that carry out a decision's effects."""
    return [
        write
        for effect in decision.effects
        for write in CARRIED_OUT[type(effect)](decision.run, around)
    ]


def remember(run: TaskRun, around: Surroundings) -> list[Write]:
    """Let the run's state serve its cache key from now on."""
    if run.state is None or run.state.state_details.cache_key is None:
        return []
    key = keys.cache(run.state.state_details.cache_key)
    seen = around.results
    results = items.read_document(Results, seen) if seen else Results()
    version = int(seen["version"]) if seen else 0
    item = items.results_item(key, results.adding(run.state, run.id), version=version + 1)
    return [Put(item, unmoved(version) if seen else ABSENT)]


def nothing(_: TaskRun, __: Surroundings) -> list[Write]:
    """Write nothing."""
    return []


CARRIED_OUT: Mapping[type[Any], Callable[[TaskRun, Surroundings], list[Write]]] = {
    RememberResult: remember,
    TakeSlots: nothing,
    ReleaseSlots: nothing,
    # The table's stream hands the run to workers: what is committed can't be forgotten.
    Enqueue: nothing,
}
