"""POST /artifacts: create an artifact."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.documents.artifacts import ArtifactCreate
from runledger.domain.artifacts import Artifact
from runledger.service import artifacts


@endpoint
def handler(request: Request) -> Response[Artifact]:
    artifact = request.body(ArtifactCreate).to_artifact(request.now)
    return Response(artifacts.create(wiring.store(), artifact), HTTPStatus.CREATED)
