"""POST /ui/flows/next-runs: read the next scheduled run of each flow named."""

from uuid import UUID

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ByFlow, NextRun
from runledger.service.search import flow_runs


@endpoint
def handler(request: Request) -> Response[dict[UUID, NextRun | None]]:
    body, store = request.parameters(ByFlow), wiring.store_for_search(request.now)
    found = flow_runs.next_runs(store, body.flow_ids)
    answer = {flow_id: NextRun.of(run) if run else None for flow_id, run in found.answer.items()}
    return Response(answer, log=found.log_fields())
