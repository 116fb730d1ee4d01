"""Flow runs as items."""

from runledger.domain.runs.bookkeeping import in_utc
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.store import items
from runledger.store.dynamodb.writes import Item
from runledger.store.runs.past_states import NO_STATES, PastStates
from runledger.store.schema import keys, sort_keys


def flow_run_item(
    run: FlowRun,
    *,
    version: int,
    past: PastStates = NO_STATES,
    shards: int,
    actor: str | None = None,
) -> Item:
    """Spell a flow run; the actor is the name of the key that changes it."""
    run = in_utc(run)
    run = run.replace(state=run.state and run.state.as_stored())
    return items.new_item(
        keys.flow_run(run.id),
        body=items.dump_document(run),
        version=version,
        facts=items.dump_facts(run, FlowRunFacts),
        owner=keys.flow(run.flow_id).pk,
        actor=actor,
        **past.attributes(),
        **items.sort_attributes(run, keys.FLOW_RUN, shards)
        # Flow runs are listed by their start or, before that, by their expected start.
        | {
            "start": sort_keys.time_sort_key(
                run.start_time or run.expected_start_time, run.created, run.id
            )
        },
    )


def read_flow_run_facts(entry: Item) -> FlowRunFacts:
    """Read the facts of a flow run from its item or from an index that carries them."""
    return FlowRunFacts(items.read_filtered_fields(entry))
