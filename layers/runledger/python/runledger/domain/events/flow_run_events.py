"""The server's own events about flow runs (docs/contract/clients.md 3.2)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from runledger.domain.events.events import MAX_NAME, MAX_RELATED, RESOURCE_ID, ROLE, Event
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType

NAME = "prefect.resource.name"

MAX_CHARACTERS = 100_000

# Events of states that follow each other sooner may arrive in another order, so each names the
# event before it.
SOON = timedelta(minutes=5)


class RelatedObject(NamedTuple):
    """The flow, deployment or parent task run of a flow run."""

    kind: str
    id: UUID
    name: str
    tags: tuple[str, ...]


def state_change_event(
    run: FlowRun,
    state: State,
    before: State | None,
    relatives: list[RelatedObject],
    *,
    actor: str | None = None,
) -> Event:
    """Return the event of a flow run's new state; its id is that of the state.

    The actor is the name of the key whose request it was. The reference knows no keys.
    """
    acting = _actor(actor) if actor else []
    related = [*_relatives(relatives), *acting, *_tags(run, relatives), *_creator(run)]
    is_soon = before is not None and abs(state.timestamp - before.timestamp) < SOON
    return Event(
        occurred=state.timestamp,
        event=f"prefect.flow-run.{state.name}"[:MAX_NAME],
        resource={
            RESOURCE_ID: f"prefect.flow-run.{run.id}",
            NAME: run.name,
            "prefect.run-count": str(run.run_count),
            "prefect.state-message": (state.message or "")[:MAX_CHARACTERS],
            "prefect.state-name": state.name,
            "prefect.state-timestamp": state.timestamp.isoformat(),
            "prefect.state-type": state.type,
        },
        related=related[:MAX_RELATED],
        payload={
            "intended": {"from": before and before.type, "to": state.type},
            "initial_state": before and _state_fields(before),
            "validated_state": _state_fields(state),
        },
        id=state.id,
        follows=before.id if before and is_soon else None,
    )


def _relatives(relatives: Iterable[RelatedObject]) -> Iterator[dict[str, str]]:
    for related in relatives:
        resource_id = f"prefect.{related.kind}.{related.id}"
        yield {RESOURCE_ID: resource_id, ROLE: related.kind, NAME: related.name}


def _tags(run: FlowRun, relatives: Iterable[RelatedObject]) -> Iterator[dict[str, str]]:
    tags = set(run.tags).union(*(related.tags for related in relatives))
    return ({RESOURCE_ID: f"prefect.tag.{tag}", ROLE: "tag"} for tag in sorted(tags))


def _creator(run: FlowRun) -> Iterator[dict[str, str]]:
    creator = run.created_by or {}
    if creator.get("type") == "DEPLOYMENT":
        name = creator.get("display_value")
        own = {RESOURCE_ID: f"prefect.deployment.{creator.get('id')}", ROLE: "creator"}
        yield own | ({NAME: name} if name else {})


def _actor(key_name: str) -> list[dict[str, str]]:
    return [{RESOURCE_ID: f"runledger.key.{key_name}", ROLE: "actor", NAME: key_name}]


def _state_fields(state: State) -> dict[str, str]:
    fields = {"type": str(state.type), "name": state.name}
    if state.message:
        fields["message"] = state.message[:MAX_CHARACTERS]
    if state.type == StateType.PAUSED:
        fields["pause_reschedule"] = str(state.state_details.pause_reschedule).lower()
    return {name: text for name, text in fields.items() if text}
