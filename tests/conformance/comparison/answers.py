"""One answer of one side."""

import json
from dataclasses import dataclass
from functools import cached_property

import httpx

from tests.conformance.programs import Json

# Headers that the contract speaks of. Date, length and encoding belong to the platform.
COMPARED_HEADERS = ("content-type", "allow", "location", "www-authenticate")
# Of interest to browsers alone, which tell their page's origin.
FOR_ORIGINS = (
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-max-age",
)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    content: bytes

    @classmethod
    def of(cls, response: httpx.Response) -> "Answer":
        has_origin = "origin" in response.request.headers
        headers = {
            name: response.headers[name]
            for name in (*COMPARED_HEADERS, *(FOR_ORIGINS if has_origin else ()))
            if name in response.headers
        }
        if "location" in headers:
            headers["location"] = httpx.URL(headers["location"]).raw_path.decode()
        return cls(response.status_code, headers, response.content)

    @cached_property
    def body(self) -> Json:
        """The JSON that was answered, or the text where it is none."""
        try:
            parsed: Json = json.loads(self.content)
        except ValueError:
            return self.content.decode("utf-8", "replace")
        return parsed
