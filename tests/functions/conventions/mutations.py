"""Bodies that are wrong in some way: valid ones with something replaced, any JSON, no JSON."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from hypothesis import strategies as st

# What has broken parsers, databases or calendars before.
ODD: list[Any] = [
    *(2**63, 2**64, -(2**63) - 1, 10**400, -1, 1e308, float("nan"), float("-inf"), 0.1),
    *("", "\x00", "\ud800", "%", "#", "x" * 5_000, "\U0001f600", "now", "1e400", "{}", "nul", "_"),
    *("9999-12-31T23:59:59.999999-14:00", "0001-01-01T00:00:00+14:00", "2030-02-30", "24:00"),
    *("2030-01-01T00:00:00+23:59", "2030-01-01T00:00:00+02:00:30", "-5", "١٢", "P1D", "1" * 5_000),
    *("00000000-0000-0000-0000-000000000000", "urn:uuid:" + "0" * 32, "SCHEDULED", "and_"),
    *([], {}, [None], [{}], {"": None}, {"a": {"b": [1]}}, {"any_": []}, {"any_": None}),
]
LEAVES = st.sampled_from(ODD) | st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
VALUES = LEAVES | JSON
NUMBERS = st.integers(0, 10_000)
NESTED = st.integers(1, 3_000).map(lambda depth: b"[" * depth + b"]" * depth)
LONG = st.integers(1, 6_000).map(lambda digits: b"9" * digits)

# What is replaced by what `json` would not spell.
MARK = "?!"

Place = tuple[str | int, ...]


def places(body: Any, above: Place = ()) -> Iterator[Place]:  # noqa: ANN401 - any JSON
    """Yield where something can be replaced in a body, the whole of it included."""
    yield above
    for name, value in inside(body):
        yield from places(value, (*above, name))


def inside(body: Any) -> Iterable[tuple[str | int, Any]]:  # noqa: ANN401
    if isinstance(body, dict):
        return body.items()
    return enumerate(body) if isinstance(body, list) else ()


def replaced(body: Any, place: Place, value: Any) -> Any:  # noqa: ANN401
    """Return a copy of a body with something else in a place of it."""
    if not place:
        return value
    first, *rest = place
    copy = body.copy()
    copy[first] = replaced(body[first], tuple(rest), value)
    return copy


def replaced_at(body: Any, number: int, value: Any) -> Any:  # noqa: ANN401
    """Return a copy of a body with something else in one of its places, by a number."""
    every = [*places(body)]
    return replaced(body, every[number % len(every)], value)


def mutated(body: Any, values: st.SearchStrategy[Any] = VALUES) -> st.SearchStrategy[Any]:  # noqa: ANN401
    """Return a body with something in it replaced."""
    return st.builds(replaced, st.just(body), st.sampled_from([*places(body)]), values)


def spelled(body: Any) -> bytes:  # noqa: ANN401
    return json.dumps(body).encode()


def malformed(valid: Any) -> st.SearchStrategy[bytes]:  # noqa: ANN401
    """Bodies like a valid one, and bodies like nothing."""
    # A strategy made for each body would be checked for each, which takes longer than to draw.
    twice = st.builds(replaced_at, mutated(valid), NUMBERS, VALUES)
    likely = (mutated(valid) | twice).map(spelled)
    marked = mutated(valid, st.just(MARK)).map(spelled)
    large = st.builds(bytes.replace, marked, st.just(spelled(MARK)), NESTED | LONG)
    return st.one_of(likely, likely, large, JSON.map(spelled), st.binary())
