"""Background runs and their workers, whatever happens to them in whichever order."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from runledger.api.bodies import StateCreate
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.runs.states import StateType, is_waiting
from runledger.service.runs import run_reads, task_run_creation, task_runs
from runledger.service.stream import reactions
from runledger.service.websocket import disconnects, dispatcher
from tests.service.sites import CLIENT, LEASE, RETRIED, STARTED, TAKEN_UP, WAITING
from tests.service.stage import CLIENTS, ENDINGS, OF_ITSELF, UNHEARD, Ending, Stage
from tests.service.watching import Process
from tests.support.databases import Engine, new_table

KEYS = ("first", "second")

Step = Callable[..., None]


def to_one(which: Callable[[Stage], list[str]], **drawn: Any) -> Callable[[Step], Step]:
    """Make a rule of what can happen to one of these clients, while there are any."""
    name = st.runner().flatmap(lambda stage: st.sampled_from(which(stage)))

    ruled: Callable[[Step], Step] = rule(target=None, name=name, **drawn)

    def decorate(step: Step) -> Step:
        return precondition(lambda stage: bool(which(stage)))(ruled(step))

    return decorate


class Background(Stage):
    """Clients and the stream act in any order; changes are told as often as you like."""

    @initialize(runs=st.integers(0, 3), present=st.sets(st.sampled_from(CLIENTS)))
    def begin(self, runs: int, present: set[str]) -> None:
        """Begin where much may happen soon."""
        for _ in range(runs):
            self.create(KEYS[0], WAITING)
        self.tell_everything()
        for name in sorted(present):
            self.connect(name, KEYS)

    @rule(key=st.sampled_from(KEYS), state=st.sampled_from([WAITING, WAITING, RETRIED]))
    def create(self, key: str, state: StateCreate) -> None:
        self.created += 1
        run_id, dynamic_key = UUID(int=self.created), str(self.created)
        asked = TaskRunCreate(id=run_id, task_key=key, dynamic_key=dynamic_key, state=state)
        run = asked.to_run(self.now)
        task_run_creation.create(self.store, run, asked.proposed(self.now), now=self.now)
        self.runs.append(run.id)
        self.after()

    @precondition(lambda self: self.runs)
    @rule(data=st.data(), kind=st.sampled_from(["delete", *StateType]))
    def change(self, data: st.DataObject, kind: str) -> None:
        run_id = data.draw(st.sampled_from(self.runs))
        for process in self.processes.values():
            process.lose(run_id)
        if kind == "delete":
            task_runs.delete(self.store, run_id, now=self.now)
            self.runs.remove(run_id)
            self.after()
        else:
            is_to_wait = kind == "SCHEDULED"
            self.report(run_id, WAITING if is_to_wait else StateCreate(type=StateType(kind)))

    @to_one(Stage.away, keys=st.sampled_from([KEYS, KEYS, *zip(KEYS)]))
    def connect(self, name: str, keys: tuple[str, ...]) -> None:
        process = self.processes[name]
        self.connections += 1
        connection_id = f"connection-{self.connections}"
        in_time = self.now - process.left < LEASE
        process.connect(connection_id, list(keys), in_time=in_time)
        self.far_ends.open[connection_id] = []
        assert dispatcher.connect(self.store, connection_id, CLIENT, is_open=True, now=self.now)
        self.say(connection_id, type="subscribe", keys=process.keys, client_id=name)

    @to_one(Stage.busy)
    def acknowledge(self, name: str) -> None:
        process = self.processes[name]
        process.acknowledge()
        self.say(process.connection or "", type="ack")

    @to_one(Stage.busy)
    def take_up_unheard(self, name: str) -> None:
        """Take up a run before its acknowledgement is heard, which is lost if the connection is."""
        process = self.processes[name]
        run_id = process.unanswered
        if run_id in self.runs and is_waiting(
            run_reads.read_task_run(self.store, run_id).value().state
        ):
            process.has = process.holding
            self.report(run_id, TAKEN_UP)

    @rule(name=st.sampled_from(CLIENTS))
    def start(self, name: str) -> None:
        """Take up what was acknowledged first or, if it was, start it; the client reports that."""
        process = self.processes[name]
        if process.has and process.has[0] in self.runs:
            run_id = process.has[0]
            is_new = is_waiting(run_reads.read_task_run(self.store, run_id).value().state)
            process.has = process.has[0 if is_new else 1 :]
            self.report(run_id, TAKEN_UP if is_new else STARTED)

    @to_one(Stage.busy)
    def quit(self, name: str) -> None:
        self.say(self.processes[name].connection or "", type="quit")

    @to_one(Stage.present, how=st.sampled_from([None, *ENDINGS]))
    def drop(self, name: str, how: Ending | None) -> None:
        """Lose a connection, of which API Gateway may say nothing."""
        process = self.processes[name]
        connection_id = process.connection or ""
        self.far_ends.open.pop(connection_id)
        process.lose_connection(self.now)
        if how:
            self.end(connection_id, how)

    @to_one(Stage.busy)
    def be_cut_off(self, name: str) -> None:
        """Acknowledge a run in the moment in which the platform ends the connection: unheard."""
        self.processes[name].acknowledge()
        self.drop(name, UNHEARD)

    @to_one(Stage.present)
    def die(self, name: str) -> None:
        """Lose a process, with all that it had."""
        self.drop(name, OF_ITSELF)
        self.processes[name] = Process()

    @rule(data=st.data())
    def stream(self, data: st.DataObject) -> None:
        """Tell some changes, in any order, some of them not for the last time."""
        change_of = data.draw(st.permutations(self.records))[: data.draw(st.integers(0, 8))]
        again = data.draw(st.booleans())
        failed = list(reactions.react(self.context, change_of))
        assert failed == []
        self.records = [one for one in self.records if again or one not in change_of]
        self.after()

    @rule(seconds=st.sampled_from([5, 40, 70]))
    def sweep(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        before = set(self.far_ends.open)
        disconnects.sweep(self.context, LEASE)
        for ended in before - set(self.far_ends.open):
            self.closed(ended)
        self.after()

    @invariant()
    def nobody_has_what_another_has(self) -> None:
        held = [
            run_id
            for name in self.present()
            for run_id in set(self.processes[name].holding)
            if run_id in self.runs and self.is_waiting(run_id)
        ]
        assert len(held) == len(set(held))

    def teardown(self) -> None:
        """In the end a worker gets everything that nobody has who lives."""
        self.tell_everything()
        for name in self.present():
            self.drop(name, OF_ITSELF)
        last = self.processes["last"] = Process()
        for _ in range(5):
            if "last" in self.away():
                self.connect("last", KEYS)
            while "last" in self.busy():
                self.acknowledge("last")
            self.sweep(70)
            self.tell_everything()
        waiting = {run_id for run_id in self.runs if self.is_waiting(run_id)}
        assert waiting <= set(last.has)


def test_no_run_is_lost_or_held_twice(dynoxide: Engine) -> None:
    class OnDynoxide(Background):
        new_table = partial(new_table, dynoxide)

    steps = settings(max_examples=settings().max_examples // 4, stateful_step_count=30)
    run_state_machine_as_test(OnDynoxide, settings=steps)
