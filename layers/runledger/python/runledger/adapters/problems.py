"""What is wrong with a request, as the reference spells it."""

from typing import Any

from pydantic import ValidationError

Problem = dict[str, Any]


class BadRequest(Exception):  # noqa: N818 - named for its status
    """A header or a body that can't be read at all: 400."""


class InvalidRequest(Exception):  # noqa: N818
    """A request that breaks its model: 422, with the problems and the body that has them."""

    def __init__(self, problems: list[Problem], body: object) -> None:
        """Keep what is wrong and with what."""
        super().__init__(problems)
        self.problems = problems
        self.body = body

    def answer_body(self) -> dict[str, Any]:
        """Return the body of the answer."""
        return {
            "exception_message": "Invalid request received.",
            "exception_detail": self.problems,
            "request_body": self.body,
        }


def problems_of(error: ValidationError, *under: str) -> list[Problem]:
    """Return what breaks a model, found there."""
    return [
        {**problem, "loc": (*under, *problem["loc"])} for problem in error.errors(include_url=False)
    ]


def is_missing_parameter(problem: Problem) -> bool:
    """Tell whether it is that a whole parameter is missing."""
    return problem["type"] == "missing" and len(problem["loc"]) == 2  # noqa: PLR2004 - body, name


def new_problem(kind: str, loc: tuple[str | int, ...], message: str, given: object) -> Problem:
    """Return a problem of one kind."""
    return {"type": kind, "loc": loc, "msg": message, "input": given}


def missing(*loc: str) -> Problem:
    """Return that something is missing."""
    return new_problem("missing", loc, "Field required", None)
