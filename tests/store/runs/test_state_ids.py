"""States by the ids that clients gave them: told by the run's times, or by pointers."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from random import Random
from uuid import UUID, uuid4

import pytest

from runledger.domain.random_values import uuid7
from runledger.domain.runs.states import State, StateType
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Delete, Item
from runledger.store.runs import past_states
from runledger.store.runs.past_states import with_past
from runledger.store.runs.states import StateStore
from runledger.store.runs.task_run_items import Stored, task_run_item
from runledger.store.schema import keys
from runledger.store.store import Store
from tests.store.support.contents import scan
from tests.store.support.populations import DAWN, in_state, put, task_run
from tests.support.databases import DynamoDB

SHARDS = 2
MILLISECOND, SECOND = timedelta(milliseconds=1), timedelta(seconds=1)
TIMES = ("expected_start_time", "start_time", "end_time")


class Reported:
    """A run that events report, and what the stream makes of each."""

    def __init__(self, database: DynamoDB) -> None:
        self.database = database
        self.table = Table(database.client, database.table)
        self.states = StateStore.of(Store(self.table, SHARDS))
        self.numbers = count(1)
        self.stored: Stored | None = None
        self.item: Item | None = None
        self.names: list[UUID] = []

    def report(
        self,
        name: UUID,
        at: datetime,
        kind: StateType = StateType.RUNNING,
        **times: datetime | None,
    ) -> None:
        state = State(id=name, type=kind, name=kind.capitalize(), timestamp=at)
        before = self.stored
        run = in_state(before.run if before else task_run(0), state).replace(**times)
        self.names.append(name)
        if before is None:
            self._follow(Stored(run, 1, reported=name))
            return
        past, beside = with_past(before.past, before.run, run)
        for write in beside:
            self.table.write(write)
        self._follow(Stored(run, before.version + 1, past=past, reported=name))

    def change(self, **times: datetime | None) -> None:
        """Change times, but no state."""
        assert self.stored
        self._follow(self.stored._replace(run=self.stored.run.replace(**times), reported=None))

    def _follow(self, stored: Stored) -> None:
        item = task_run_item(stored, shards=SHARDS)
        put(self.database, [item])
        change = Change(str(next(self.numbers)), keys.of(item), self.item, item)
        self.states.point([change])
        self.stored, self.item = stored, item

    def delete(self) -> None:
        assert self.stored
        own = keys.task_run(self.stored.run.id)
        for key in [key for key in scan(self.database) if key.pk == own.pk]:
            item = self.table.read(key)
            self.table.write(Delete(key))
            gone = Change(str(next(self.numbers)), key, item, None)
            self.states.point([gone])

    def found(self) -> list[UUID]:
        read = (self.states.read(name, kind=keys.TASK_RUN) for name in self.names)
        return [state.id for state in read if state]

    def pointers(self) -> set[str]:
        return {key.pk for key in scan(self.database) if key.sk == keys.STATE_ID}


def made(at: datetime) -> UUID:
    return uuid7(at, uuid4().int)


def test_states_of_a_usual_run_need_no_pointers(on_dynoxide: DynamoDB) -> None:
    run = Reported(on_dynoxide)
    first, second, third = (DAWN + number * SECOND for number in range(3))
    run.report(made(first), first, expected_start_time=first)
    run.report(made(second - 16 * MILLISECOND), second, start_time=second)
    run.report(made(third), third, end_time=third)
    assert (run.found(), run.pointers()) == (run.names, set())


def test_a_state_in_which_a_run_began_at_once_is_told_by_its_expected_start(
    on_dynoxide: DynamoDB,
) -> None:
    run = Reported(on_dynoxide)
    soon, late = (DAWN + milliseconds * MILLISECOND for milliseconds in (100, 180))
    run.report(made(DAWN), DAWN, expected_start_time=DAWN)
    run.report(made(soon + 24 * MILLISECOND), soon, start_time=soon)
    assert (run.found(), run.pointers()) == (run.names, set())
    # It now begins otherwise: its entry by start does not lead to the state before.
    run.report(made(late), late, expected_start_time=late, start_time=late)
    assert run.found() == run.names
    assert len(run.pointers()) == 2


@pytest.mark.parametrize("after", [-1_000, 200, 250, 251, 60_000])
def test_a_state_in_which_a_run_ended_is_told_by_its_end(on_dynoxide: DynamoDB, after: int) -> None:
    run, end = Reported(on_dynoxide), DAWN + after * MILLISECOND
    run.report(made(DAWN), DAWN, expected_start_time=DAWN)
    run.report(made(end + 24 * MILLISECOND), end, StateType.FAILED, end_time=end)
    assert (run.found(), run.pointers()) == (run.names, set())
    # It now runs again, and has no end that leads to the state before.
    later = end + SECOND
    run.report(made(later), later, start_time=later, end_time=None)
    assert run.found() == run.names
    assert run.pointers() == {keys.state_id(run.names[1]).pk}


def test_a_state_in_which_a_run_ended_is_told_if_another_end_follows(
    on_dynoxide: DynamoDB,
) -> None:
    run, end = Reported(on_dynoxide), DAWN + 200 * MILLISECOND
    run.report(made(end), end, StateType.FAILED, expected_start_time=DAWN, end_time=end)
    run.report(made(end + SECOND), end + SECOND, StateType.COMPLETED)
    assert run.found() == run.names
    assert run.pointers() == {keys.state_id(run.names[1]).pk}


def test_a_state_of_another_id_has_a_pointer(on_dynoxide: DynamoDB) -> None:
    run = Reported(on_dynoxide)
    run.report(uuid4(), DAWN, expected_start_time=DAWN)
    run.report(made(DAWN - timedelta(seconds=1)), DAWN, start_time=DAWN)
    run.report(UUID(int=((1 << 48) - 1) << 80 | 0x7 << 76 | 0b10 << 62), DAWN)
    assert (run.found(), len(run.pointers())) == (run.names, 3)


def test_a_state_gets_a_pointer_when_a_time_goes_that_told_of_it(on_dynoxide: DynamoDB) -> None:
    run = Reported(on_dynoxide)
    run.report(made(DAWN), DAWN, expected_start_time=DAWN, end_time=DAWN)
    later = DAWN + timedelta(seconds=1)
    run.report(made(later), later, start_time=later, end_time=later)
    run.change(expected_start_time=later, end_time=None)
    assert run.found() == run.names
    assert run.pointers() == {keys.state_id(run.names[0]).pk}


def steps(
    draw: Random,
) -> Iterator[tuple[UUID, datetime, StateType, dict[str, datetime | None]]]:
    """States of ids of any kind, at times that become the run's, or do not, or no longer are."""
    at = DAWN
    for _ in range(30):
        at += draw.choice([10, 40, 90, 200, 1_000]) * MILLISECOND
        name = draw.choice([uuid4(), made(at), made(at), made(at - 200 * MILLISECOND)])
        changed = {time: draw.choice([at, at, None]) for time in TIMES if draw.random() < 0.4}
        if changed.get("expected_start_time", at) is None:
            del changed["expected_start_time"]
        kind = draw.choice([StateType.RUNNING, StateType.FAILED, StateType.COMPLETED])
        yield name, at, kind, changed


@pytest.mark.parametrize("seed", range(6))
def test_whatever_becomes_of_a_runs_times_each_state_is_found_and_leaves_nothing(
    on_dynoxide: DynamoDB, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(past_states, "MAX_TEXT", 1_000)
    run, told = Reported(on_dynoxide), 0
    for name, at, kind, times in steps(Random(seed)):  # noqa: S311 the same steps again
        run.report(name, at, kind, **times)
        assert run.found() == run.names
        told += len(run.names) - len(run.pointers())
    assert run.stored
    assert run.stored.past.earlier > 1
    assert told
    run.delete()
    assert run.pointers() == set()
