"""Problems of a request, in the reference's format."""

from typing import Any

from pydantic import ValidationError

Problem = dict[str, Any]


class BadRequest(Exception):  # noqa: N818 - named for its status
    """A header or a body that can't be parsed: 400."""


class InvalidRequest(Exception):  # noqa: N818
    """A request that breaks its model: 422, with the problems and the body."""

    def __init__(self, problems: list[Problem], body: object) -> None:
        super().__init__(problems)
        self.problems = problems
        self.body = body

    def response_body(self) -> dict[str, Any]:
        """Return the body of the response."""
        return {
            "exception_message": "Invalid request received.",
            "exception_detail": self.problems,
            "request_body": self.body,
        }


def problems_of(error: ValidationError, *under: str) -> list[Problem]:
    """Return the problems of a model; `under` precedes their locations."""
    return [
        {**problem, "loc": (*under, *problem["loc"])} for problem in error.errors(include_url=False)
    ]


def is_missing_parameter(problem: Problem) -> bool:
    """Return whether the problem is a missing parameter, rather than a missing key of one."""
    return problem["type"] == "missing" and len(problem["loc"]) == 2  # noqa: PLR2004 - body, name


def new_problem(kind: str, loc: tuple[str | int, ...], message: str, given: object) -> Problem:
    return {"type": kind, "loc": loc, "msg": message, "input": given}


def missing(*loc: str) -> Problem:
    return new_problem("missing", loc, "Field required", None)
