"""Programs written by hand, endpoint by endpoint."""

from collections.abc import Iterator

from tests.conformance.programs import Program
from tests.conformance.tables import (
    authentication,
    bodies,
    conventions,
    fields,
    filters,
    flow_runs,
    flows,
    root,
    task_runs,
)


def programs(auth: str) -> Iterator[Program]:
    for table in (root, flows, flow_runs, task_runs, fields, bodies, conventions, filters):
        yield from table.programs()
    yield from authentication.programs(auth)
