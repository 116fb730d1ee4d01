"""The HTTP request in an API Gateway event, parsed and checked in the reference's order."""

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import unquote
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from runledger.adapters import parsing
from runledger.adapters.parsing import parse_json
from runledger.adapters.problems import (
    BadRequest,
    InvalidRequest,
    is_missing_parameter,
    missing,
    new_problem,
    problems_of,
)
from runledger.domain.access import Caller, Scope
from runledger.domain.errors import NotFound

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

PATH_ID = re.compile(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
JSON_TYPE = re.compile(r"application/([^;\s]*\+)?json\s*(;.*)?", re.IGNORECASE)
IDS = frozenset({"id", "schedule_id"})
DEFERRED = ConfigDict(defer_build=True)
ANY_UUID: TypeAdapter[UUID] = TypeAdapter(UUID, config=DEFERRED)
ANY_FLAG: TypeAdapter[bool] = TypeAdapter(bool, config=DEFERRED)
ANY_TIME: TypeAdapter[datetime] = TypeAdapter(datetime, config=DEFERRED)
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


VERSION_HEADER = "x-prefect-api-version"
OLDEST_VERSION = (0, 8, 0)


def check_version(version: str | None) -> tuple[int, int, int] | None:
    """Check and return the client's version of the API (docs/contract/task-runs.md 1.3).

    Raises:
        BadRequest: it is malformed or too old.
    """
    if not version:
        return None
    try:
        major, minor, patch = map(int, version.split("."))
    except ValueError:
        raise BadRequest(
            "Invalid X-PREFECT-API-VERSION header format."
            f"Expected header in format 'x.y.z' but received {version}"
        ) from None
    if (major, minor, patch) < OLDEST_VERSION:
        oldest = ".".join(map(str, OLDEST_VERSION))
        raise BadRequest(
            f"The request specified API version {version}"
            f" but this server requires version {oldest} or higher."
        )
    return major, minor, patch


@dataclass
class Request:
    """A request, and its caller once that is known."""

    event: Mapping[str, Any]
    now: datetime
    caller: Caller | None = None

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """Headers by lower-case name; of a repeated one, the first."""
        return parsing.first_headers(self.event)

    @property
    def authorization(self) -> Sequence[str]:
        """Every Authorization header."""
        return parsing.header_values(self.event).get("authorization", ())

    def need(self, scope: Scope) -> None:
        """Check that the caller may do what only some requests of this function ask for.

        Raises:
            Forbidden: its scope does not include it.
        """
        if self.caller:
            self.caller.check(scope)

    @property
    def user_agent(self) -> str:
        """The client's name and version, as it says."""
        return self.headers.get("user-agent", "")

    def header_flag(self, name: str) -> bool:
        """Return an optional header that is true or false.

        Raises:
            InvalidRequest: it is neither.
        """
        given = self.headers.get(name)
        return given is not None and _parse(ANY_FLAG, given, ("header", name), None)

    def path_text(self, name: str) -> str:
        """Return a variable of the path; API Gateway passes it on as it is in the URL.

        Raises:
            NotFound: it has a character that ends a variable of the reference's routes.
        """
        text = unquote((self.event.get("pathParameters") or {})[name])
        if "/" in text or "\n" in text:
            raise NotFound("Not Found")
        return text

    def id(self, name: str = "id") -> UUID:
        """Return an id of the path.

        Raises:
            NotFound: it is not a UUID; the reference has no such route.
        """
        text = self.path_text(name)
        if not PATH_ID.fullmatch(text):
            raise NotFound("Not Found")
        return UUID(text)

    def query(self, name: str) -> str:
        """Return a required parameter of the query.

        Raises:
            InvalidRequest: it is missing.
        """
        given = self._query(name)
        if given is None:
            raise InvalidRequest([missing("query", name)], None)
        return given

    def query_parameters(self, model: type[M]) -> M:
        """Validate the model's parameters of the query.

        Raises:
            InvalidRequest: one breaks the model.
        """
        given = self.event.get("queryStringParameters") or {}
        try:
            return model.model_validate({name: given[name] for name in given})
        except ValidationError as error:
            raise InvalidRequest(problems_of(error, "query"), None) from error

    def query_id(self, name: str) -> UUID:
        """Return a required parameter of the query that is an id.

        Raises:
            InvalidRequest: it is missing or not a UUID.
        """
        return _parse(ANY_UUID, self.query(name), ("query", name), None)

    def query_time(self, name: str) -> datetime | None:
        """Return an optional time of the query; naive means UTC.

        Raises:
            InvalidRequest: it is not a time.
        """
        given = self._query(name)
        if given is None:
            return None
        time = _parse(ANY_TIME, given, ("query", name), None)
        return time if time.tzinfo else time.replace(tzinfo=UTC)

    def _query(self, name: str) -> str | None:
        """Return a parameter of the query; of a repeated one, the last."""
        every = (self.event.get("multiValueQueryStringParameters") or {}).get(name)
        return every[-1] if every else (self.event.get("queryStringParameters") or {}).get(name)

    def path_value(self, name: str, value_type: type[T]) -> T:
        """Return a variable of the path, of a type that the reference checks after routing.

        Raises:
            InvalidRequest: it is not of the type.
        """
        return _parse(TypeAdapter(value_type), self.path_text(name), ("path", name), self.content)

    @cached_property
    def _raw(self) -> bytes:
        body = self.event.get("body") or ""
        return base64.b64decode(body) if self.event.get("isBase64Encoded") else body.encode()

    @cached_property
    def _is_json(self) -> bool:
        # Old clients send JSON without a content type.
        content_type = self.headers.get("content-type")
        return content_type is None or bool(JSON_TYPE.fullmatch(content_type.strip()))

    @cached_property
    def content(self) -> object:
        """The body: parsed if its content type is JSON, else as text; None without a body.

        Raises:
            BadRequest: it is not text, or is nested too deeply.
            InvalidRequest: its content type is JSON and it isn't.
        """
        try:
            if self._is_json:
                return parse_json(self._raw)
            return self._raw.decode(errors="replace") or None
        except json.JSONDecodeError as error:
            problem = new_problem("json_invalid", ("body", error.pos), "JSON decode error", {})
            problem["ctx"] = {"error": error.msg}
            raise InvalidRequest([problem], error.doc) from error
        except (UnicodeDecodeError, RecursionError) as error:
            raise BadRequest("There was an error parsing the body") from error

    def check_path(self) -> None:
        """Check the ids in the path.

        Raises:
            NotFound: one is not a UUID.
        """
        for name in IDS.intersection(self.event.get("pathParameters") or ()):
            self.id(name)

    def check_syntax(self) -> None:
        """Check that the body can be parsed, before the endpoint's own rules.

        Raises:
            InvalidRequest, BadRequest: as `content` does.
        """
        if self.event.get("httpMethod") in WITH_BODY:
            _ = self.content

    def check_version(self) -> None:
        """Check the client's version of the API."""
        check_version(self.headers.get(VERSION_HEADER))

    @property
    def version(self) -> tuple[int, int, int] | None:
        """The client's version of the API, if it sends one.

        Raises:
            BadRequest: it is malformed or too old.
        """
        return check_version(self.headers.get(VERSION_HEADER))

    def body(self, model: type[M]) -> M:
        """Validate a body that is one object (docs/contract/task-runs.md 1.2).

        Raises:
            InvalidRequest: it is missing or breaks the model.
        """
        if self.content is None:
            raise InvalidRequest([missing("body")], None)
        return self._validated(model, self.content)

    def parameters(self, model: type[M]) -> M:
        """Validate a body of named parameters; nulls and unknown names are ignored.

        Raises:
            InvalidRequest: it is JSON but not an object, or a parameter breaks the model.
        """
        content = self.content if self._is_json else None
        if content is not None and not isinstance(content, dict):
            names = [field.alias or name for name, field in model.model_fields.items()]
            raise InvalidRequest([missing("body", name) for name in names], content)
        given = {name: value for name, value in (content or {}).items() if value is not None}
        return self._validated(model, given, named=True)

    def _validated(self, model: type[M], given: object, *, named: bool = False) -> M:
        try:
            return model.model_validate(given, from_attributes=True, context={"now": self.now})
        except ValidationError as error:
            problems = problems_of(error, "body")
        if named:
            # A missing parameter has no input, unlike a missing key of an object.
            problems = [
                problem | {"input": None} if is_missing_parameter(problem) else problem
                for problem in problems
            ]
        raise InvalidRequest(problems, self.content)


def _parse(adapter: TypeAdapter[T], text: str, loc: tuple[str, str], body: object) -> T:
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        raise InvalidRequest(problems_of(error, *loc), body) from error
