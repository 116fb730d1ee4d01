"""One server under comparison, and how to ask it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from tests.conformance.comparison.answers import Answer
from tests.conformance.programs import Json, RequestStep

# The reference on SQLite answers so when two of its writers meet; it has then done nothing.
BUSY = 503
# No answer: a server may close a connection just when it is used again.
DROPPED = 0
ATTEMPTS = 20


@dataclass(frozen=True)
class ComparedSide:
    """A server at a base URL that ends in the path below which all routes live."""

    client: httpx.Client

    @classmethod
    def at(cls, url: str, auth: str | None = None) -> "ComparedSide":
        credentials = httpx.BasicAuth(*auth.split(":", 1)) if auth else None
        return cls(httpx.Client(base_url=url, auth=credentials, timeout=90))

    def ask(self, step: RequestStep, answers: Mapping[str, Json]) -> Answer:
        asked = step.filled(answers)
        for attempt in range(ATTEMPTS):
            answer = self._answer(asked)
            if answer.status not in {BUSY, DROPPED}:
                break
            time.sleep(0.05 * attempt)
        return answer

    def _answer(self, asked: RequestStep) -> Answer:
        try:
            response = self.client.request(
                asked.method, asked.path, content=asked.content, headers=asked.header_lines
            )
        except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
            return Answer(DROPPED, {}, repr(error).encode())
        return Answer.of(response)
