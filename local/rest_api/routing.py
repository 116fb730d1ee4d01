"""Matches a request to a route of a REST API."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from local.cloudformation.template import Route

ANY = "ANY"


class Match(NamedTuple):
    route: Route
    variables: Mapping[str, str]


class Resources:
    """The tree of a REST API's resources: `/a`, `/a/{id}`; a slash at the end is no part of it."""

    def __init__(self, routes: Iterable[Route]) -> None:
        by_path: dict[str, dict[str, Route]] = {}
        for route in routes:
            by_path.setdefault(route.path, {})[route.method] = route
        # Literal segments win over variables, from the left.
        self._resources = sorted(
            ((_segments(path), methods) for path, methods in by_path.items()),
            key=lambda resource: [_is_variable(part) for part in resource[0]],
        )

    def match(self, method: str, path: str) -> Match | None:
        asked = _segments(path)
        for parts, methods in self._resources:
            if (variables := _variables(parts, asked)) is not None:
                route = methods.get(method) or methods.get(ANY)
                return Match(route, variables) if route else None
        return None


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").removesuffix("/").split("/")


def _is_variable(part: str) -> bool:
    return part.startswith("{")


def _variables(parts: list[str], asked: list[str]) -> dict[str, str] | None:
    if parts[-1].endswith("+}"):
        asked = _with_rest_as_one(asked, len(parts))
    if len(parts) != len(asked):
        return None
    if any((not _is_variable(p) and p != a) or not a for p, a in zip(parts, asked, strict=True)):
        return None
    return {p.strip("{+}"): a for p, a in zip(parts, asked, strict=True) if _is_variable(p)}


def _with_rest_as_one(asked: list[str], length: int) -> list[str]:
    """A variable with a plus takes all that is left of a path."""
    return [*asked[: length - 1], "/".join(asked[length - 1 :])]
