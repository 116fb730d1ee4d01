"""GET /flow_runs/{id}/logs/download: download all log lines of a flow run as a CSV file."""

from typing import Annotated

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.log_tables import as_csv, csv_headers
from runledger.service import logs
from runledger.service.runs import run_reads


@endpoint
def handler(request: Request) -> Response[Annotated[str, "text/csv"]]:
    store = wiring.store_for_search(request.now)
    run = run_reads.read_flow_run(store, request.id())
    found = logs.of_flow_run(store, run.id, now=request.now)
    return Response(
        text=as_csv(found.answer), headers=csv_headers(run.name), log=found.log_fields()
    )
