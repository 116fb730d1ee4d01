"""Random requests about a noun, drawn from what is known of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from tests.conformance.generated.random_programs import an_object, sometimes
from tests.conformance.programs import RequestStep, delete, get, patch, post, send
from tests.conformance.tables.values.criteria import Criteria

Values = tuple[object, ...]
Body = dict[str, object]
Drawn = Callable[[Random], RequestStep]

INVALID = 0.06
NO_OBJECTS: Values = ([], None, "x", 5)
# Without a body, a list has everything.
NO_LISTS: Values = ([], "x", 5)
WRONG_PAGES: Values = ({"limit": -1}, {"limit": 201}, {"limit": "x"}, {"offset": -1}, {"sort": "x"})


@dataclass(frozen=True)
class RandomNoun:
    """The paths, fields and criteria of a noun; a create takes one base, others at random.

    Answers to creates have one of the labels, and `places` are the paths of single ones. With the
    criteria `only`, lists have the program's own data alone; criteria beside them must all match.
    """

    path: str
    labels: tuple[str, ...]
    bases: tuple[Mapping[str, object], ...]
    optional: Mapping[str, Values]
    invalid: Mapping[str, Values]
    changes: Mapping[str, Values]
    places: tuple[str, ...]
    # Where nothing is deleted that other requests need; by default all places.
    removable: tuple[str, ...] = ()
    criteria: Mapping[str, Mapping[str, Criteria]] = field(default_factory=dict)
    sorts: Values = ()
    only: Mapping[str, Body] = field(default_factory=dict)
    create: str = "POST"
    lists: tuple[str, ...] = ("filter", "count")

    def kinds(self, weight: float = 1) -> dict[Drawn, float]:
        """Kinds of requests about this noun, by how often they are drawn."""
        kinds: dict[Drawn, float] = {self.created: 5, self.listed: 5, self.read: 2, self.deleted: 1}
        if self.changes:
            kinds[self.changed] = 3
        return {kind: often * weight for kind, often in kinds.items()}

    def created(self, draw: Random) -> RequestStep:
        body = dict(draw.choice(self.bases))
        for name, values in self.optional.items():
            sometimes(draw, body, random_fraction=0.3, **{name: draw.choice(values)})
        sent = _spoiled(draw, body, self.invalid)
        return send(self.create, self.path, sent).named(draw.choice(self.labels))

    def changed(self, draw: Random) -> RequestStep:
        chosen = draw.sample(
            list(self.changes), k=min(draw.choice((0, 1, 1, 2)), len(self.changes))
        )
        body: Body = {name: draw.choice(self.changes[name]) for name in chosen}
        return patch(draw.choice(self.places), _spoiled(draw, body, self.invalid))

    def read(self, draw: Random) -> RequestStep:
        return get(draw.choice(self.places))

    def deleted(self, draw: Random) -> RequestStep:
        return delete(draw.choice(self.removable or self.places))

    def listed(self, draw: Random) -> RequestStep:
        path = f"{self.path.rstrip('/')}/{draw.choice(self.lists)}"
        body: Body = {name: dict(kept) for name, kept in self.only.items()}
        if draw.random() < INVALID:
            wrong = draw.choice((*NO_LISTS, *WRONG_PAGES))
            return post(path, body | wrong if isinstance(wrong, dict) else wrong)
        for name, known in self.criteria.items():
            if draw.random() < 1 / len(self.criteria) + 0.2:
                body[name] = self._criteria(name, an_object(draw, known))
        if self.sorts:
            body["sort"] = draw.choice(self.sorts)
        sometimes(draw, body, limit=draw.choice((0, 1, 2, 200)), offset=draw.choice((0, 1, 3)))
        return post(path, body)

    def _criteria(self, name: str, drawn: Body) -> Body:
        if name not in self.only:
            return drawn
        return {key: value for key, value in drawn.items() if key != "operator"} | self.only[name]


def _spoiled(draw: Random, body: Body, invalid: Mapping[str, Values]) -> object:
    """Return the body, or at times what is none, or one without or with a wrong field."""
    if draw.random() >= 2 * INVALID:
        return body
    kind = draw.random()
    if kind < 0.15:
        return draw.choice(NO_OBJECTS)
    if kind < 0.3 and body:
        del body[draw.choice(list(body))]
        return body
    name = draw.choice(list(invalid))
    return {**body, name: draw.choice(invalid[name])}
