"""Programs written by hand, endpoint by endpoint."""

from collections.abc import Iterator

from tests.conformance.programs import Program
from tests.conformance.tables import (
    authentication,
    bodies,
    caches,
    concurrency_limits,
    conventions,
    deployment_criteria,
    deployment_schedules,
    deployments,
    durations,
    event_bodies,
    event_counts,
    events,
    fields,
    filters,
    flow_run_inputs,
    flow_run_reports,
    flow_run_states,
    flow_runs,
    flows,
    graphs,
    large_documents,
    logs,
    observed_states,
    origins,
    queries,
    repetitions,
    resuming,
    root,
    set_state,
    set_state_faults,
    slots,
    state_reads,
    task_runs,
    task_workers,
    ui,
)

TABLES = (
    *(root, flows, flow_runs, task_runs, fields, bodies, conventions),
    *(repetitions, origins, filters),
    *(set_state, set_state_faults, caches, state_reads, observed_states, flow_run_states),
    *(flow_run_inputs, resuming, large_documents),
    *(queries, durations, graphs, ui, logs, events, event_bodies, event_counts, task_workers),
    *(concurrency_limits, slots, deployments, deployment_schedules, deployment_criteria),
    # Leaves lines of logs, all of which `logs` lists.
    flow_run_reports,
)


def programs(auth: str) -> Iterator[Program]:
    for table in TABLES:
        yield from table.programs()
    yield from authentication.programs(auth)
