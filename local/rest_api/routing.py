"""Matches a request to a route of a REST API."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from local.cloudformation.template import Route

ANY = "{}"  # stands for each first segment that is a variable


class Match(NamedTuple):
    route: Route
    variables: Mapping[str, str]


class Resources:
    """The resources of a REST API: `/a`, `/a/{id}`; a trailing slash does not matter."""

    def __init__(self, routes: Iterable[Route]) -> None:
        by_path: dict[str, dict[str, Route]] = {}
        for route in routes:
            by_path.setdefault(route.path, {})[route.method] = route
        # Literal segments win over variables, from the left.
        resources = sorted(
            ((_segments(path), methods) for path, methods in by_path.items()),
            key=lambda resource: [_is_variable(part) for part in resource[0]],
        )
        self._by_first: dict[str, list[tuple[list[str], dict[str, Route]]]] = {}
        for parts, methods in resources:
            first = ANY if _is_variable(parts[0]) else parts[0]
            self._by_first.setdefault(first, []).append((parts, methods))

    def match(self, method: str, path: str) -> Match | None:
        segments = _segments(path)
        with_first = self._by_first.get(segments[0], ())
        for parts, methods in chain(with_first, self._by_first.get(ANY, ())):
            if (variables := _variables(parts, segments)) is not None:
                route = methods.get(method)
                return Match(route, variables) if route else None
        return None


@lru_cache
def resources(routes: tuple[Route, ...]) -> Resources:
    """Return the resources of a template's routes; sorting a thousand takes half a millisecond."""
    return Resources(routes)


def _segments(path: str) -> list[str]:
    return path.removeprefix("/").removesuffix("/").split("/")


def _is_variable(part: str) -> bool:
    return part.startswith("{")


def _variables(parts: list[str], segments: list[str]) -> dict[str, str] | None:
    if parts[-1].endswith("+}"):
        segments = _join_rest(segments, len(parts))
    if len(parts) != len(segments):
        return None
    pairs = list(zip(parts, segments, strict=True))
    if any((not _is_variable(part) and part != s) or not s for part, s in pairs):
        return None
    return {part.strip("{+}"): s for part, s in pairs if _is_variable(part)}


def _join_rest(segments: list[str], length: int) -> list[str]:
    """A variable with a plus matches the rest of the path."""
    return [*segments[: length - 1], "/".join(segments[length - 1 :])]
