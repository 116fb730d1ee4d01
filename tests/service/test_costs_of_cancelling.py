"""Costs of cancelling a flow run's task runs: as much for each, in any number."""

import httpx
import pytest

from runledger import wiring
from runledger.service.runs import flow_run_cancellation
from runledger.service.runs.flow_run_cancellation import cancel_children
from runledger.store.runs import cancellations
from tests.service.test_cancelling import cancel, change_of, child, context
from tests.store.support.asking import flow_run_id
from tests.store.support.calls import heard
from tests.support.databases import DynamoDB

ROUND = 16


@pytest.mark.parametrize("rounds", [1, 4])
def test_each_task_run_is_read_once_and_written_once(
    api_on_dynoxide: httpx.Client,
    on_dynoxide: DynamoDB,
    monkeypatch: pytest.MonkeyPatch,
    rounds: int,
) -> None:
    monkeypatch.setattr(flow_run_cancellation, "ROUND", ROUND)
    flow_run, number = flow_run_id(api_on_dynoxide), rounds * ROUND
    for key in range(number):
        child(api_on_dynoxide, flow_run, str(key))
    cancel(api_on_dynoxide, flow_run)
    change = change_of(on_dynoxide, flow_run)
    with heard(wiring.store().table.client) as calls:
        while cancellations.is_cancellation(change):
            cancel_children(context(), [change])
            change = change_of(on_dynoxide, flow_run, change)
    names = [name for name, _ in calls]
    assert names.count("PutItem") == number
    assert names.count("BatchGetItem") == rounds
    # The place behind which a round begins is read again.
    claims = sum(answer["Count"] for name, answer in calls if name == "Query")
    assert claims <= number + rounds * ROUND
