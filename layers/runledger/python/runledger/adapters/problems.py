"""What is wrong with a request, as the reference spells it."""

from typing import Any

from pydantic import ValidationError

Problem = dict[str, Any]


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
