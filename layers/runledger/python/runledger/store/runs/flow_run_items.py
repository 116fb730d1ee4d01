"""Flow runs as items."""

from typing import Any

from runledger.domain.runs.bookkeeping import in_utc
from runledger.domain.runs.flow_runs import FlowRun
from runledger.store import items
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys, sort_keys

# The fields that no filter on flow runs and no history uses.
BEYOND_FACTS: dict[str, Any] = {
    "parameters": True,
    "context": True,
    "job_variables": True,
    "labels": True,
    "empirical_policy": True,
    "state": {"message", "data", "state_details"},
    "estimated_run_time": True,
    "estimated_start_time_delta": True,
}


def flow_run_item(run: FlowRun, *, version: int, shards: int) -> Item:
    """Spell a flow run."""
    run = in_utc(run)
    run = run.replace(state=run.state and run.state.as_stored())
    return items.new_item(
        keys.flow_run(run.id),
        body=items.dump_document(run),
        version=version,
        facts=run.model_dump_json(exclude_defaults=True, exclude=BEYOND_FACTS),
        owner=keys.flow(run.flow_id).pk,
        **items.sort_attributes(run, keys.FLOW_RUN, shards)
        # Flow runs are listed by their start or, before that, by their expected start.
        | {
            "start": sort_keys.time_sort_key(
                run.start_time or run.expected_start_time, run.created, run.id
            )
        },
    )


def read_flow_run_facts(entry: Item) -> FlowRun:
    """Read the part of a flow run that indexes carry: the fields that filters use."""
    return FlowRun.model_validate_json(entry["facts"])
