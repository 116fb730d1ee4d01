"""Slots of deployments' limits are never more than the limit, and each has a holder or runs out."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count, product
from uuid import UUID, uuid4

import pytest

from runledger.domain.deployments.deployments import (
    CollisionStrategy,
    ConcurrencyOptions,
    Deployment,
)
from runledger.domain.errors import NotFound, RunledgerError, Unavailable
from runledger.domain.orchestration.clients import ClientVersions
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.service.concurrency import slots
from runledger.service.deployments import deployment_deletion, deployments, flows
from runledger.service.runs import expired_runs, flow_run_deletion, flow_runs
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.store.support.calls import FAULTS, broken, heard, preceded
from tests.support.databases import DynamoDB
from tests.support.job_variables import job_variable_checks

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=300)
CLIENT = ClientVersions(prefect=(3, 9, 1))
RACERS, LIMIT = 12, 3

Act = Callable[[Store, UUID], object]


@pytest.fixture
def store(on_dynoxide: DynamoDB) -> Store:
    return Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)


@pytest.fixture
def deployment(store: Store) -> Deployment:
    flow = Flow(id=uuid4(), created=NOW, updated=NOW, name="flow")
    flows.create(store, flow)
    own = Deployment(id=uuid4(), created=NOW, updated=NOW, name="d", flow_id=flow.id)
    limits = {"concurrency_limit": LIMIT}
    checks = job_variable_checks(store)
    saved = deployments.save(store, own, [], sent=frozenset(), limits=limits, checks=checks)
    return saved.deployment


def new_run(store: Store, deployment: Deployment) -> UUID:
    known = {"flow_id": deployment.flow_id, "deployment_id": deployment.id}
    run = FlowRun(id=uuid4(), created=NOW, updated=NOW, name="r", **known)  # type: ignore[arg-type]
    state = new_state("SCHEDULED").replace(state_details=StateDetails(scheduled_time=NOW))
    return flow_runs.create(store, run, state, now=NOW).run.id


def new_state(kind: str) -> State:
    return State(id=uuid4(), type=StateType(kind), name=kind.capitalize(), timestamp=NOW)


def enter(store: Store, run: UUID, kind: str, now: datetime = NOW) -> str | None:
    proposed = new_state(kind).replace(timestamp=now)
    decision = flow_runs.set_state(store, run, proposed, force=False, now=now, client=CLIENT)
    return decision.run.state_name


def counted(store: Store, deployment: Deployment) -> int:
    assert deployment.concurrency_limit_id
    seen = ConcurrencyLimitStore.of(store).read(deployment.concurrency_limit_id)
    return seen.limit.active_slots if seen else 0


def holders(store: Store, deployment: Deployment) -> Iterator[UUID | None]:
    assert deployment.concurrency_limit_id
    for lease in LeaseStore.of(store).of_limit(deployment.concurrency_limit_id):
        yield lease.holder.id if lease.holder else None


def lease_id(store: Store, run: UUID) -> UUID:
    state = flow_runs.find(store, run).run.state
    assert state
    assert state.state_details.deployment_concurrency_lease_id
    return state.state_details.deployment_concurrency_lease_id


def persist(act: Callable[[], object], wanted: object) -> None:
    """Repeat an act as clients do, until it has the wanted outcome."""
    outcome: object = None
    while outcome != wanted:
        with suppress(Unavailable):
            outcome = act()


def test_of_12_who_race_for_3_slots_at_most_3_hold_one_and_all_get_one(
    store: Store, deployment: Deployment
) -> None:
    holding: set[UUID] = set()
    most = 0

    def run_once(run: UUID) -> None:
        nonlocal most
        persist(lambda: enter(store, run, "PENDING"), "Pending")
        holding.add(run)
        most = max(most, len(holding))
        time.sleep(0.01)
        holding.remove(run)
        persist(lambda: enter(store, run, "COMPLETED"), "Completed")

    runs = [new_run(store, deployment) for _ in range(RACERS)]
    with ThreadPoolExecutor(RACERS) as pool:
        list(pool.map(run_once, runs))
    assert 0 < most <= LIMIT
    assert (counted(store, deployment), list(holders(store, deployment))) == (0, [])
    assert {flow_runs.find(store, run).run.state_name for run in runs} == {"Completed"}


def secure(store: Store, run: UUID) -> object:
    return enter(store, run, "PENDING")


def start(store: Store, run: UUID) -> object:
    return enter(store, run, "RUNNING")


def end(store: Store, run: UUID) -> object:
    return enter(store, run, "COMPLETED")


def delete(store: Store, run: UUID) -> None:
    with suppress(NotFound):
        flow_run_deletion.delete(store, run, Deadline(NOW + LEASE, lambda: NOW), now=NOW)


BEFORE: dict[Act, tuple[Act, ...]] = {
    secure: (),
    start: (secure,),
    end: (secure, start),
    delete: (secure,),
}


def prepared(store: Store, deployment: Deployment, act: Act) -> UUID:
    run = new_run(store, deployment)
    for earlier in BEFORE[act]:
        earlier(store, run)
    return run


def check(store: Store, deployment: Deployment) -> None:
    """Each slot that is counted is held by a lease, which a run names that may go on."""
    found = list(holders(store, deployment))
    assert counted(store, deployment) == len(found)
    for run in found:
        assert run
        state = flow_runs.find(store, run).run.state
        assert state
        assert state.type in {"PENDING", "RUNNING"}


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("act", BEFORE, ids=lambda act: act.__name__)
def test_whatever_fails_each_slot_counted_has_a_holder(
    store: Store, deployment: Deployment, act: Act
) -> None:
    calls = range(len(calls_of(store, deployment, act)))
    for fault, call in product(FAULTS.values(), calls):
        run = prepared(store, deployment, act)
        with broken(store.table.client, fault, first=call), suppress(Unavailable):
            act(store, run)
        check(store, deployment)
        act(store, run)
        check(store, deployment)
        delete(store, run)
    assert counted(store, deployment) == 0


def calls_of(store: Store, deployment: Deployment, act: Act) -> list[object]:
    run = prepared(store, deployment, act)
    with heard(store.table.client) as calls:
        act(store, run)
    delete(store, run)
    return list(calls)


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("act", BEFORE, ids=lambda act: act.__name__)
def test_whoever_comes_between_each_slot_counted_has_a_holder(
    store: Store, deployment: Deployment, act: Act
) -> None:
    def end_the_lease(run: UUID) -> None:
        with suppress(AssertionError, RunledgerError):
            slots.end_lease(store, lease_id(store, run), now=NOW)

    def change_the_limit(_: UUID) -> None:
        changes = {"concurrency_limit": next(numbers)}
        deployments.update(store, deployment.id, {}, None, limits=changes, now=NOW)

    numbers = count(LIMIT + 1)
    calls = range(len(calls_of(store, deployment, act)))
    others: list[Callable[[UUID], object]] = [end_the_lease, change_the_limit, partial(act, store)]
    for call, other in product(calls, others):
        run = prepared(store, deployment, act)
        with preceded(store.table.client, call, partial(other, run)), suppress(RunledgerError):
            act(store, run)
        check(store, deployment)
        delete(store, run)
    assert counted(store, deployment) == 0


def test_a_slot_whose_lease_ran_out_is_given_to_who_asks_next(
    store: Store, deployment: Deployment
) -> None:
    runs = [new_run(store, deployment) for _ in range(LIMIT + 1)]
    *first, last = runs
    assert [enter(store, run, "PENDING") for run in first] == ["Pending"] * LIMIT
    early = NOW + LEASE - timedelta(seconds=1)
    assert enter(store, last, "PENDING", early) == "AwaitingConcurrencySlot"
    slots.renew(store, lease_id(store, first[0]), 300, now=early)
    assert enter(store, last, "PENDING", NOW + LEASE) == "Pending"
    assert set(holders(store, deployment)) == {first[0], last}
    # Who lost its slot takes a free one, and ends if there is none.
    assert enter(store, first[1], "RUNNING", NOW + LEASE) == "Running"
    assert enter(store, first[2], "RUNNING", NOW + LEASE) == "Cancelled"
    assert counted(store, deployment) == LIMIT


def test_a_slot_whose_lease_ran_out_makes_room_for_a_late_run(
    store: Store, deployment: Deployment
) -> None:
    options = ConcurrencyOptions(collision_strategy=CollisionStrategy.CANCEL_NEW)
    changes = {"concurrency_options": options}
    deployments.update(store, deployment.id, changes, None, limits={}, now=NOW)
    *first, in_time, later = [new_run(store, deployment) for _ in range(LIMIT + 2)]
    assert [enter(store, run, "PENDING") for run in first] == ["Pending"] * LIMIT
    for run, now in ((in_time, NOW + LEASE - timedelta(seconds=1)), (later, NOW + LEASE)):
        expired_runs.expire(store, flow_runs.find(store, run).run, now=now)
    names = [flow_runs.find(store, run).run.state_name for run in (in_time, later)]
    assert names == ["Cancelled", "Late"]
    check(store, deployment)
    deployments.update(store, deployment.id, {}, None, limits={"concurrency_limit": None}, now=NOW)
    unlimited = new_run(store, deployment)
    expired_runs.expire(store, flow_runs.find(store, unlimited).run, now=NOW + LEASE)
    assert flow_runs.find(store, unlimited).run.state_name == "Late"


def test_the_limit_goes_with_its_deployment_and_takes_its_slots_along(
    store: Store, deployment: Deployment
) -> None:
    run = new_run(store, deployment)
    enter(store, run, "PENDING")
    deadline = Deadline(NOW + LEASE, lambda: NOW)
    deployment_deletion.delete(store, deployment.id, deadline, now=NOW)
    assert (counted(store, deployment), list(holders(store, deployment))) == (0, [])
    assert enter(store, run, "COMPLETED") == "Completed"
