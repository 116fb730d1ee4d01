"""Imported items are where searches of the other table look for them."""

from datetime import timedelta

import pytest

from runledger.domain.random_values import uuid7
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.store.dynamodb.expressions import typed
from runledger.store.runs.task_run_items import Stored, task_run_item
from runledger.store.schema import keys
from tests.store.support.populations import DAWN, in_state, task_run
from transfer.lines import Item
from transfer.shards import fitting

FROM_ANYWHERE = task_run(1)
BEGINS_WITH_TIME = FROM_ANYWHERE.replace(id=uuid7(DAWN, 1), expected_start_time=DAWN)
LATER = BEGINS_WITH_TIME.replace(expected_start_time=DAWN + timedelta(hours=1))


def item_of(run: TaskRun) -> Item:
    return typed(task_run_item(Stored(run, version=1), shards=8))


@pytest.mark.parametrize("run", [FROM_ANYWHERE, BEGINS_WITH_TIME, LATER])
def test_an_item_from_before_the_place_by_id_gets_it(run: TaskRun) -> None:
    item = item_of(run)
    earlier = {name: value for name, value in item.items() if name != "id_shard"}
    assert fitting(8)(earlier) == item == fitting(8)(item)


@pytest.mark.parametrize("kind", [StateType.CANCELLED, StateType.COMPLETED])
def test_an_item_from_before_rare_types_had_one_partition_gets_into_it(kind: StateType) -> None:
    item = item_of(in_state(FROM_ANYWHERE, state(kind)))
    earlier = item | {"state_shard": {"S": f"TASK_RUN#{kind}#1"}}
    found = fitting(2)(earlier)["state_shard"]["S"]
    assert found in keys.state_shards(keys.TASK_RUN, [kind], 2)


def state(kind: StateType) -> State:
    return State(id=uuid7(DAWN, 1), type=kind, name="Some", timestamp=DAWN)
