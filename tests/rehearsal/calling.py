"""Requests to the deployed API, each one recorded with its answer."""

from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from local.rest_api.routing import Resources
from tests.rehearsal.deployment import AUTH, Stack
from tests.rehearsal.report import RehearsalFailure
from tests.support.databases import TEMPLATE

LONGEST = 120.0  # seconds: a busy machine starts a function in 20
ROUTES = Resources(TEMPLATE.routes)
FORBIDDEN, SERVER_ERROR = 403, 500


class RecordedAnswer(NamedTuple):
    operation: str
    request: str
    status: int
    text: str

    def failure(self) -> RehearsalFailure | None:
        """Return why an answer is never right: a fault of the server, or a missing permission.

        The functions themselves never answer 403 to what is sent here; IAM and API Gateway do.
        """
        if self.status >= SERVER_ERROR or self.status == FORBIDDEN or "AccessDenied" in self.text:
            return RehearsalFailure(self.text[:500], self.operation, self.request, self.status)
        return None


class DeployedApi(httpx.Client):
    """A client with credentials that keeps all answers."""

    def __init__(self, stack: Stack) -> None:
        user, _, password = AUTH.partition(":")
        super().__init__(
            base_url=stack.url("Api"),
            auth=httpx.BasicAuth(user, password),
            timeout=LONGEST,
            event_hooks={"request": [self._lead_here], "response": [self._keep]},
        )
        self.answers: list[RecordedAnswer] = []

    def failures(self) -> Iterable[RehearsalFailure]:
        return (failure for answer in self.answers if (failure := answer.failure()))

    def _lead_here(self, request: httpx.Request) -> None:
        """Lead a link that an answer contained here: it has the path that AWS would give it."""
        if not str(request.url).startswith(str(self.base_url)):
            path = request.url.raw_path.decode().removeprefix(f"/{TEMPLATE.stage}/")
            request.url = self.base_url.join(path)

    def _keep(self, response: httpx.Response) -> None:
        response.read()
        request = response.request
        path = request.url.path.removeprefix(urlsplit(str(self.base_url)).path.rstrip("/"))
        match = ROUTES.match(request.method, path)
        operation = match.route.operation if match else ""
        self.answers.append(
            RecordedAnswer(
                operation, f"{request.method} {path}", response.status_code, response.text
            )
        )
