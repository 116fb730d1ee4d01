"""Telling of flow runs: an event for each state that one enters."""

from collections.abc import Iterator, Sequence

from runledger.domain.events.flow_run_events import Relative, entered
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from runledger.service.context import ServiceContext
from runledger.store import items
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.flows import FlowStore
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.writes import Item
from runledger.store.events.events import EventStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store


def report(context: ServiceContext, changed: Sequence[Change]) -> None:
    """Store an event for each flow run that entered a state; one that is told of again is known."""
    for change in changed:
        run = FlowRunStore.of(context.store).as_told(change.new) if change.new else None
        if run and run.state:
            event = entered(run, run.state, state_of(change.old), [*_relatives(context.store, run)])
            EventStore.of(context.store).keep(event.received_at(context.now))


def state_of(item: Item | None) -> State | None:
    """Return the state of a flow run, by its item."""
    return items.read_document(FlowRun, item).state if item else None


def _relatives(store: Store, run: FlowRun) -> Iterator[Relative]:
    flow = FlowStore.of(store).read(run.flow_id)
    if flow:
        yield Relative("flow", flow.id, flow.name, flow.tags)
    seen = DeploymentStore.of(store).read(run.deployment_id) if run.deployment_id else None
    if seen:
        deployment = seen.deployment
        yield Relative("deployment", deployment.id, deployment.name, tuple(deployment.tags))
    parent = TaskRunStore.of(store).read(run.parent_task_run_id) if run.parent_task_run_id else None
    if parent:
        yield Relative("task-run", parent.run.id, parent.run.name, parent.run.tags)
