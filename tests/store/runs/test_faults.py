"""Whatever call of an operation fails, and however: tried again, it is done once and whole.

On dynoxide alone: moto forgets the tokens of transactions, and does again what it has done.
"""

from collections import Counter

import httpx
import pytest

from tests.store.support.asking import Asked, Asking, Site, ask, made, new_task_run, persist
from tests.store.support.calls import (
    FAULTS,
    OF_TRANSACTIONS,
    OF_WRITES,
    REFUSALS,
    Refusal,
    broken,
    heard,
    refused,
    sent_twice,
)
from tests.store.support.contents import amounts, whole
from tests.store.support.scenes import (
    CALLS,
    COMMITTED,
    OUTCOMES,
    STEPS,
    create_task_run,
    create_task_run_in_a_flow_run,
    delete_task_run,
    rename_task_run,
)
from tests.support.removals import Removals

pytestmark = pytest.mark.usefixtures("_no_pauses")

UNAVAILABLE = (503, {"exception_message": "Service Unavailable"})
DONE = {200, 201, 204}
DONE_BEFORE = {200, 404}


def find_by_ids(api: httpx.Client) -> Asked:
    ids = [made(api, new_task_run(dynamic_key=str(key)))["id"] for key in range(2)]
    return Asked("POST", "/task_runs/filter", {"task_runs": {"id": {"any_": ids}}})


# An operation for each kind of call, and what it may be answered with.
ANSWERS = [
    *((create_task_run_in_a_flow_run, "GetItem", refusal) for refusal in REFUSALS),
    *((delete_task_run, "Query", refusal) for refusal in REFUSALS),
    *((find_by_ids, "BatchGetItem", refusal) for refusal in REFUSALS),
    *((rename_task_run, "PutItem", refusal) for refusal in REFUSALS + OF_WRITES),
    *((create_task_run, "TransactWriteItems", refusal) for refusal in REFUSALS + OF_TRANSACTIONS),
]


def named(value: object) -> str | None:
    return getattr(value, "__name__", None)


each_operation = pytest.mark.parametrize("operation", CALLS, ids=named)
each_step = pytest.mark.parametrize(("operation", "call"), STEPS, ids=named)
each_answer = pytest.mark.parametrize(("operation", "call", "refusal"), ANSWERS, ids=named)


@each_operation
def test_the_calls_of_an_operation_are_known(site_on_dynoxide: Site, operation: Asking) -> None:
    api, _, client = site_on_dynoxide
    asked = operation(api)
    with heard(client) as calls:
        ask(api, asked)
    assert Counter(name for name, _ in calls) == Counter(CALLS[operation])


@each_step
@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_fails_is_told_and_tried_again_done_once(
    site_on_dynoxide: Site,
    operation: Asking,
    call: int,
    fault: str,
) -> None:
    api, database, client = site_on_dynoxide
    removals = Removals(database)
    asked = operation(api)
    with broken(client, FAULTS[fault], first=call):
        actual = ask(api, asked)
    if call < COMMITTED.get(operation, len(CALLS[operation])):
        assert (actual.status_code, actual.json()) == UNAVAILABLE
    else:
        assert actual.status_code == httpx.codes.NO_CONTENT
    whole(database)
    assert persist(api, asked).status_code in DONE | DONE_BEFORE
    removals.follow()
    assert amounts(database) == OUTCOMES[operation]


@each_step
def test_what_botocore_sends_twice_is_done_once(
    site_on_dynoxide: Site,
    operation: Asking,
    call: int,
) -> None:
    api, database, client = site_on_dynoxide
    asked = operation(api)
    with sent_twice(client, call=call):
        assert ask(api, asked).status_code in DONE
    assert amounts(database) == OUTCOMES[operation]


@each_operation
def test_done_again_it_changes_nothing(site_on_dynoxide: Site, operation: Asking) -> None:
    api, database, _ = site_on_dynoxide
    asked = operation(api)
    ask(api, asked)
    assert ask(api, asked).status_code in DONE | DONE_BEFORE
    assert amounts(database) == OUTCOMES[operation]


@each_answer
def test_a_refusal_that_passes_is_not_told(
    site_on_dynoxide: Site,
    operation: Asking,
    call: str,
    refusal: Refusal,
) -> None:
    api, _, client = site_on_dynoxide
    asked = operation(api)
    with refused(client, refusal, call, times=1):
        assert ask(api, asked).status_code in DONE


@each_answer
def test_a_refusal_that_lasts_is_told_as_unavailable(
    site_on_dynoxide: Site,
    operation: Asking,
    call: str,
    refusal: Refusal,
) -> None:
    api, _, client = site_on_dynoxide
    asked = operation(api)
    with refused(client, refusal, call, times=float("inf")):
        actual = ask(api, asked)
    assert (actual.status_code, actual.json()) == UNAVAILABLE
