"""POST /artifacts/latest/count: count the keys whose latest artifact matches."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.artifacts import CountLatestArtifacts
from runledger.service.search import artifacts


@endpoint
def handler(request: Request) -> Response[int]:
    body, store = request.parameters(CountLatestArtifacts), wiring.store_for_search(request.now)
    return Response(artifacts.count_latest(store, body.criteria()))
