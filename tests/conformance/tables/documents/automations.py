"""Automations, of which there are none: what is asked of them is checked."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, post, program

BODIES: tuple[object, ...] = (
    *({}, {"sort": "x"}, {"limit": 0}, {"limit": 201}, {"limit": "x"}, {"limit": -1}, {"x": 1}),
    *({"offset": -1, "sort": 1, "limit": "y", "automations": {"x": 1}}, [], "x", None),
    *({"automations": given} for given in ({}, None, 1, {"operator": "or_"}, {"operator": "x"})),
    *({"automations": {"name": given}} for given in ({"any_": ["a"]}, {"like_": "a"}, 1)),
    *({"automations": {"id": {"any_": given}}} for given in ([], ["x"], None)),
    *({"automations": {"created": {"before_": given}}} for given in ("2026-01-01", "x")),
    *({"automations": {"tags": given}} for given in ({"any_": ["a"], "all_": []}, {"x": 1})),
)


def programs() -> Iterator[Program]:
    path = "/automations/filter"
    asked = (post(path, body) for body in BODIES)
    yield program("automations: filter", *asked, bare("POST", path), bare("GET", path))
