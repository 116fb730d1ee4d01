"""POST /artifacts/count: count matching artifacts."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.artifacts import CountArtifacts
from runledger.service.search import artifacts


@endpoint
def handler(request: Request) -> Response[int]:
    body, store = request.parameters(CountArtifacts), wiring.store_for_search(request.now)
    found = artifacts.count(store, body.criteria())
    return Response(found.answer, log=found.log_fields())
