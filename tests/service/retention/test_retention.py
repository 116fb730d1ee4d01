"""Finished runs leave with all under them: never an unfinished one, never a parent first."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runledger.domain.errors import Conflict
from runledger.store.dynamodb.stream_records import Change
from runledger.store.schema import keys
from runledger.store.schema.keys import RETENTION, Key
from tests.service.retention.worlds import PERIOD, RetainedRuns
from tests.store.support.calls import FAULTS, broken, preceded
from tests.support.databases import DynamoDB, Engine, fresh_table

pytestmark = pytest.mark.usefixtures("_no_pauses")

STATES = ("RUNNING", "COMPLETED", "FAILED", "COMPLETED")


def finished_tree(runs: RetainedRuns) -> list[Key]:
    """A flow run, its task run, and the subflow run of this; all of them have ended."""
    flow_run = runs.begin_flow_run()
    task_run = runs.begin_task_run(flow_run)
    tree = [flow_run, task_run, runs.begin_flow_run(task_run)]
    for run in (tree[2], flow_run):
        runs.enter(run, "COMPLETED")
    return tree


def due(runs: RetainedRuns) -> list[Change]:
    """Return the stream's records of a finished tree's timer when it is time to leave."""
    runs.pump()
    runs.pass_days(PERIOD.days)
    runs.expire([key for key in runs.expired() if key.sk == RETENTION])
    return runs.changes()


def step(runs: RetainedRuns, random: Random) -> None:
    """A client does something, or some days pass."""
    found = runs.there()
    there = [run for run in runs.parents if run in found]
    kind = random.choice(["begin", "enter", "enter", "enter", "pass", "pass", "tree"])
    if kind == "tree":
        finished_tree(runs)
    elif kind == "begin" or not there:
        parent = random.choice([None, *there])
        kinds = [runs.begin_flow_run, runs.begin_task_run]
        begin = kinds[parent.sk == keys.FLOW_RUN] if parent else random.choice(kinds)
        begin(parent)
    elif kind == "enter":
        runs.enter(random.choice(there), random.choice(STATES))
    else:
        runs.pass_days(random.randint(1, PERIOD.days))


def follow(runs: RetainedRuns, random: Random, told: list[Change]) -> None:
    """Some timers go, and the stream's function fails at a call, if it makes so many."""
    runs.expire([key for key in runs.expired() if random.random() < 0.5])
    allowed, before, new = runs.may_leave(), runs.there(), runs.changes()
    told += new
    again = random.sample(told, min(3, len(told)))
    fault = FAULTS[random.choice(sorted(FAULTS))]
    with broken(runs.database.client, fault, first=random.randint(0, 40)):
        rest = runs.deliver([*new, *again])
    runs.assert_whole()
    assert runs.deliver(rest) == []
    assert before - runs.there() <= allowed
    runs.assert_whole()


@settings(max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_whatever_happens_what_may_leave_does_and_nothing_else(dynoxide: Engine, seed: int) -> None:
    random, told = Random(seed), list[Change]()  # noqa: S311
    with fresh_table(dynoxide) as database:
        runs = RetainedRuns(database)
        for _ in range(random.randint(3, 12)):
            step(runs, random)
            follow(runs, random, told)
        runs.assert_settled()


def test_whichever_call_fails_a_tree_leaves_from_below(on_dynoxide: DynamoDB) -> None:
    runs = RetainedRuns(on_dynoxide)
    finished_tree(runs)
    told = due(runs)
    begun = runs.moment()
    for call in count():
        runs.return_to(begun)
        with broken(on_dynoxide.client, FAULTS[sorted(FAULTS)[call % 2]], first=call):
            rest = runs.deliver(told)
        runs.assert_whole()
        assert runs.deliver(rest) == []
        runs.assert_settled()
        assert runs.there() == set()
        if not rest:
            break
    assert call > 15


def start_again(runs: RetainedRuns, run: Key) -> Key:
    runs.enter(run, "RUNNING")
    return run


def create_under(runs: RetainedRuns, run: Key) -> Key:
    begin = runs.begin_flow_run if run.sk == keys.TASK_RUN else runs.begin_task_run
    return begin(run)


def report_under(runs: RetainedRuns, run: Key) -> Key:
    """An event of a client creates a task run in a flow run."""
    return runs.report_task_run(run) if run.sk == keys.FLOW_RUN else create_under(runs, run)


@pytest.mark.parametrize("act", [start_again, create_under, report_under])
@pytest.mark.parametrize("number", range(3))
def test_whoever_acts_right_before_a_call_no_unfinished_run_leaves(
    on_dynoxide: DynamoDB,
    act: Callable[[RetainedRuns, Key], Key],
    number: int,
) -> None:
    def attempt() -> None:
        if tree[number] in runs.there():
            accepted.append(act(runs, tree[number]))

    runs = RetainedRuns(on_dynoxide)
    tree, staying = finished_tree(runs), finished_tree(runs)
    start_again(runs, staying[0])
    told = [change for change in due(runs) if change.key.pk == tree[0].pk]
    begun, total = runs.moment(), 0
    for call in count():
        runs.return_to(begun)
        accepted = list[Key]()
        with preceded(on_dynoxide.client, call, attempt):
            assert runs.deliver(told) == []
        runs.pump()
        assert {*accepted, *staying} <= runs.there()
        runs.assert_whole()
        total += len(accepted)
        # A run that has left before this call has left before the later ones.
        if not accepted:
            assert not {*tree} & runs.there()
            break
    assert total > 12


def test_a_flow_run_that_leaves_before_a_task_run_is_written_is_unknown(
    on_dynoxide: DynamoDB,
) -> None:
    runs = RetainedRuns(on_dynoxide)
    flow_run = runs.begin_flow_run()
    runs.enter(flow_run, "COMPLETED")
    told = due(runs)
    with (
        preceded(on_dynoxide.client, 1, lambda: runs.deliver(told)),
        pytest.raises(Conflict, match="is unknown"),
    ):
        runs.begin_task_run(flow_run)
    runs.assert_settled()
    assert runs.there() == set()


def test_a_tree_larger_than_a_call_has_time_for_leaves_bit_by_bit(on_dynoxide: DynamoDB) -> None:
    runs = RetainedRuns(on_dynoxide)
    flow_run = runs.begin_flow_run()
    for run in [*(runs.begin_task_run(flow_run) for _ in range(20)), flow_run]:
        runs.enter(run, "COMPLETED")
    told, rounds = due(runs), 0
    while told:
        assert runs.deliver(told, calls=25) == []
        told, rounds = runs.changes(), rounds + 1
    assert rounds > 1
    assert runs.there() == set()
    runs.assert_settled()


def test_a_tree_too_large_to_be_looked_at_waits_and_is_not_read_again_at_once(
    on_dynoxide: DynamoDB,
) -> None:
    runs = RetainedRuns(on_dynoxide)
    tree = finished_tree(runs)
    assert runs.deliver(due(runs), calls=8) == []
    assert runs.there() == set(tree)
    assert not any(change.new is None for change in runs.changes())
    runs.assert_settled()


def test_a_run_that_changes_again_right_after_its_end_leaves(on_dynoxide: DynamoDB) -> None:
    runs = RetainedRuns(on_dynoxide)
    run = runs.begin_flow_run()
    runs.enter(run, "FAILED")
    runs.enter(run, "COMPLETED")
    runs.pump()
    runs.pass_days(PERIOD.days)
    runs.settle()
    assert runs.there() == set()


def test_with_another_period_a_timer_that_is_early_is_set_anew(on_dynoxide: DynamoDB) -> None:
    runs = RetainedRuns(on_dynoxide)
    tree = finished_tree(runs)
    runs.pump()
    runs.store = replace(runs.store, run_retention=2 * PERIOD)
    runs.pass_days(PERIOD.days)
    runs.settle()
    assert runs.there() == set(tree)
    runs.pass_days(PERIOD.days)
    runs.settle()
    assert runs.there() == set()


def test_without_a_period_runs_stay(on_dynoxide: DynamoDB) -> None:
    runs = RetainedRuns(on_dynoxide)
    tree = finished_tree(runs)
    runs.pump()
    runs.store = replace(runs.store, run_retention=None)
    finished_tree(runs)
    runs.pass_days(3 * PERIOD.days)
    runs.settle()
    assert runs.there() > set(tree)
    assert not any(expired.sk == RETENTION for expired in runs.expired())
