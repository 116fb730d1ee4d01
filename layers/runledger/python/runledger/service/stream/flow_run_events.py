"""Stores an event for each state that a flow run enters."""

from collections.abc import Iterator, Sequence

from runledger.domain.events.flow_run_events import RelatedObject, state_change_event
from runledger.domain.runs.flow_runs import FlowRun
from runledger.service.context import ServiceContext
from runledger.store import stream_changes
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.flows import FlowStore
from runledger.store.dynamodb.stream_records import Change
from runledger.store.events.events import EventStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store


def report(context: ServiceContext, changed: Sequence[Change]) -> None:
    """Store the events of flow runs that entered a state; a repeated one is stored already."""
    for change in changed:
        run = FlowRunStore.of(context.store).after(change)
        if run and run.state:
            before = stream_changes.flow_run_state_before(change)
            relatives = [*_relatives(context.store, run)]
            actor = stream_changes.actor(change)
            event = state_change_event(run, run.state, before, relatives, actor=actor)
            EventStore.of(context.store).add(event.received_at(context.now))


def _relatives(store: Store, run: FlowRun) -> Iterator[RelatedObject]:
    flow = FlowStore.of(store).read(run.flow_id)
    if flow:
        yield RelatedObject("flow", flow.id, flow.name, flow.tags)
    seen = DeploymentStore.of(store).read(run.deployment_id) if run.deployment_id else None
    if seen:
        deployment = seen.deployment
        yield RelatedObject("deployment", deployment.id, deployment.name, tuple(deployment.tags))
    parent = TaskRunStore.of(store).read(run.parent_task_run_id) if run.parent_task_run_id else None
    if parent:
        yield RelatedObject("task-run", parent.run.id, parent.run.name, parent.run.tags)
