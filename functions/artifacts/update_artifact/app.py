"""PATCH /artifacts/{id_or_key}: update an artifact."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.artifacts import ArtifactUpdate
from runledger.service import artifacts


@endpoint
def handler(request: Request) -> Response[None]:
    artifact_id = request.id("id_or_key")
    changes = request.body(ArtifactUpdate).changes()
    artifacts.change(wiring.store(), artifact_id, changes, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
