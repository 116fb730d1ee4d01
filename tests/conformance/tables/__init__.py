"""Programs written by hand, endpoint by endpoint."""

from collections.abc import Iterator

from tests.conformance.programs import Program
from tests.conformance.tables import ui
from tests.conformance.tables.concurrency import concurrency_limits, slots
from tests.conformance.tables.conventions import (
    authentication,
    bodies,
    conventions,
    large_documents,
    origins,
    repetitions,
    root,
)
from tests.conformance.tables.deployments import (
    deployment_criteria,
    deployment_limits,
    deployment_schedules,
    deployments,
    form_values,
    job_variables,
    parameters,
    work_pools,
)
from tests.conformance.tables.documents import (
    artifacts,
    automations,
    blocks,
    saved_searches,
    variables,
)
from tests.conformance.tables.events import event_counts, events, logs, task_workers
from tests.conformance.tables.runs import (
    bulk,
    caches,
    durations,
    filters,
    flow_run_inputs,
    flow_run_reports,
    flow_run_states,
    flow_runs,
    flows,
    graphs,
    observed_states,
    queries,
    resuming,
    set_state,
    set_state_faults,
    state_reads,
    task_runs,
)
from tests.conformance.tables.values import event_bodies, fields

TABLES = (
    # All artifacts are listed, and later programs leave some: the results of their states.
    artifacts,
    *(root, flows, flow_runs, task_runs, fields, bodies, conventions),
    *(repetitions, origins, filters),
    *(set_state, set_state_faults, caches, state_reads, observed_states, flow_run_states),
    *(flow_run_inputs, resuming, large_documents),
    *(queries, durations, graphs, ui, logs, events, event_bodies, event_counts, task_workers),
    *(concurrency_limits, slots),
    *(
        deployments,
        deployment_schedules,
        deployment_criteria,
        parameters,
        bulk,
        form_values,
        work_pools,
        job_variables,
    ),
    deployment_limits,
    *(blocks, variables, saved_searches, automations),
    # Leaves lines of logs, all of which `logs` lists.
    flow_run_reports,
)


def programs(auth: str) -> Iterator[Program]:
    for table in TABLES:
        yield from table.programs()
    yield from authentication.programs(auth)
