"""Compare two sides' answers to one program, step by step."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple, TypeAlias

from tests.conformance.comparison import volatile
from tests.conformance.comparison.answers import Answer
from tests.conformance.programs import Json

Path: TypeAlias = tuple[str | int, ...]


class Disagreement(NamedTuple):
    """One place where the two answers disagree."""

    where: str
    reference: object
    ours: object
    why: str


class Known(NamedTuple):
    """Facts from answers: ids that stand for each other both ways, values last seen."""

    ids: dict[str, str]
    ids_back: dict[str, str]
    seen: dict[tuple[str, str], tuple[Json, Json]]


class AnswerComparison:
    """The values of two sides' answers that have shown to stand for each other so far."""

    def __init__(self, *began: datetime) -> None:
        """Each side's clock when the first request was sent."""
        self._began = began
        self._ids: dict[str, str] = {}
        self._ids_back: dict[str, str] = {}
        self._seen: dict[tuple[str, str], tuple[Json, Json]] = {}

    def mismatches(self, left: Answer, right: Answer) -> list[Disagreement]:
        if left.status != right.status:
            return [Disagreement("status", _summary(left), _summary(right), "another status")]
        return [*self._headers(left, right), *self._values(left.body, right.body, ())]

    def pair(self, left: str, right: str) -> None:
        """Know from elsewhere that two ids stand for each other."""
        self._ids[left], self._ids_back[right] = right, left

    def known(self) -> Known:
        """Return what the answers have shown so far, for `recall`."""
        return Known(dict(self._ids), dict(self._ids_back), dict(self._seen))

    def recall(self, known: Known) -> None:
        """Forget what later answers have shown."""
        self._ids, self._ids_back = dict(known.ids), dict(known.ids_back)
        self._seen = dict(known.seen)

    def ours(self, text: str) -> str:
        """Return one side's request as the other side is to get it."""
        return volatile.UUID.sub(lambda found: self._ids.get(found[0], found[0]), text)

    def _headers(self, left: Answer, right: Answer) -> Iterator[Disagreement]:
        for name in sorted(left.headers.keys() | right.headers.keys()):
            values = left.headers.get(name), right.headers.get(name)
            if values[0] != values[1]:
                yield Disagreement(f"header {name}", *values, "another header")

    def _values(self, left: Json, right: Json, at: Path) -> Iterator[Disagreement]:
        if isinstance(left, dict) and isinstance(right, dict):
            yield from self._objects(left, right, at)
        elif isinstance(left, list) and isinstance(right, list):
            yield from self._lists(left, right, at)
        elif isinstance(left, str) and isinstance(right, str):
            yield from self._texts(left, right, at)
        elif not self._plain_values_agree(left, right, at):
            yield Disagreement(_spell(at), left, right, "another value")

    def _objects(
        self, left: dict[str, Json], right: dict[str, Json], at: Path
    ) -> Iterator[Disagreement]:
        if volatile.UNORDERED in at and "fields" not in at:
            left, right = dict(sorted(left.items())), dict(sorted(right.items()))
        if len(left) != len(right) or not all(map(self._same_key, left, right)):
            yield Disagreement(_spell(at), list(left), list(right), "other keys, or another order")
            return
        for (key, value), other in zip(left.items(), right.values(), strict=True):
            yield from self._values(value, other, (*at, key))
        yield from self._orderings(left, right, at)
        yield from self._movements(left, right, at)

    def _same_key(self, left: str, right: str) -> bool:
        """Ids are keys of what is told of each."""
        return left == right or self._ids.get(left) == right

    def _lists(self, left: list[Json], right: list[Json], at: Path) -> Iterator[Disagreement]:
        if at[-1:] and at[-1] in volatile.SETS:
            left, right = volatile.in_order(left), volatile.in_order(right)
        if at[-1:] and at[-1] in volatile.OF_MANY:
            right = self._beside(left, right)
        if len(left) != len(right) or not self._same_order(left, right):
            yield Disagreement(
                _spell(at), _digest(left), _digest(right), "other elements, or another order"
            )
            return
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from self._values(one, other, (*at, index))

    def _beside(self, left: list[Json], right: list[Json]) -> list[Json]:
        """Order what became of many objects as the other side does, if all are known."""
        places = {self._ids.get(_object(one)): place for place, one in enumerate(left)}
        if not all(_object(one) in places for one in right):
            return right
        return sorted(right, key=lambda one: places[_object(one)])

    def _same_order(self, left: list[Json], right: list[Json]) -> bool:
        """Objects that have ids are told apart by them, so that a swap is one mismatch."""
        pairs = zip(map(_identity, left), map(_identity, right), strict=True)
        return all(self._ids.get(one, other) == other for one, other in pairs if one or other)

    def _plain_values_agree(self, left: Json, right: Json, at: Path) -> bool:
        if type(left) is type(right) and left == right:
            return True
        key = at[-1] if at else ""
        if key in volatile.DURATIONS and isinstance(left, float) and isinstance(right, float):
            return volatile.durations_agree(left, right)
        if key in volatile.SUMS and isinstance(left, float) and isinstance(right, float):
            return volatile.sums_agree(left, right)
        if key == volatile.DELAY and isinstance(left, int) and isinstance(right, int):
            return volatile.delays_agree(left, right, self._began)
        return False

    def _texts(self, left: str, right: str, at: Path) -> Iterator[Disagreement]:
        if volatile.UUID.split(left) == volatile.UUID.split(right):
            yield from self._identities(left, right, at)
        elif not self._texts_agree(left, right, at):
            yield Disagreement(_spell(at), left, right, "another text")

    def _texts_agree(self, left: str, right: str, at: Path) -> bool:
        if at[-1:] == ("name",):
            return volatile.are_generated_names(left, right)
        return volatile.are_clock_readings((left, right), self._began) and volatile.spelled_alike(
            left, right
        )

    def _identities(self, left: str, right: str, at: Path) -> Iterator[Disagreement]:
        pairs = zip(volatile.UUID.findall(left), volatile.UUID.findall(right), strict=True)
        for one, other in pairs:
            if not self._stand_for_each_other(one, other):
                yield Disagreement(
                    _spell(at), left, right, "an id that stood for another one before"
                )

    def _stand_for_each_other(self, left: str, right: str) -> bool:
        known = self._ids.get(left) == right and self._ids_back.get(right) == left
        if known or left in self._ids or right in self._ids_back:
            return known
        self._ids[left], self._ids_back[right] = right, left
        return _version(left) == _version(right)

    def _orderings(
        self, left: dict[str, Json], right: dict[str, Json], at: Path
    ) -> Iterator[Disagreement]:
        if "id" not in left:
            return
        theirs, ours = (volatile.gaps(volatile.moments(side)) for side in (left, right))
        for pair in theirs.keys() & ours.keys():
            if not volatile.gaps_agree(pair, theirs[pair], ours[pair]):
                place = _spell((*at, " to ".join(pair)))
                yield Disagreement(place, theirs[pair], ours[pair], "times in another order")

    def _movements(
        self, left: dict[str, Json], right: dict[str, Json], at: Path
    ) -> Iterator[Disagreement]:
        """Whether what differs between the sides has moved alike since the object was last seen."""
        identity = _identity(left)
        for (key, value), other in zip(left.items(), right.values(), strict=True):
            before = self._seen.get((identity, key))
            self._seen[identity, key] = value, other
            if not identity or before is None or not isinstance(value, str) or value == other:
                continue
            moved = volatile.movement(before[0], value), volatile.movement(before[1], other)
            if moved[0] != moved[1]:
                yield Disagreement(_spell((*at, key)), *moved, "moved otherwise since last seen")


def _identity(value: Json) -> str:
    identity = value.get("id") if isinstance(value, dict) else None
    return identity if isinstance(identity, str) else ""


def _object(outcome: Json) -> str:
    """The id of the object of which an outcome tells; objects themselves have an order."""
    holds_slot = isinstance(outcome, dict) and "time_in_current_state" in outcome
    key = "id" if holds_slot else "flow_run_id"
    told = outcome.get(key) if isinstance(outcome, dict) else outcome
    is_object = isinstance(outcome, dict) and "id" in outcome and not holds_slot
    return told if isinstance(told, str) and not is_object else ""


def _version(identity: str) -> str:
    return identity[14]


def _digest(values: list[Json]) -> list[Json]:
    """Return as much as a reader needs to tell the elements apart."""
    return [
        {key: value[key] for key in ("id", "name", "type", "loc") if key in value}
        if isinstance(value, dict)
        else value
        for value in values
    ]


def _spell(at: Path) -> str:
    return "body" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in at)


def _summary(answer: Answer) -> str:
    return f"{answer.status} {answer.content.decode('utf-8', 'replace')[:600]}"
