"""Writes as values: put, delete or add, each with its condition."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from typing import Any, NamedTuple

from runledger.store.dynamodb import expressions
from runledger.store.dynamodb.conditions import Condition
from runledger.store.dynamodb.item_schema import marked
from runledger.store.dynamodb.packing import BODY, PACKED, packed
from runledger.store.schema.keys import Key

Item = Mapping[str, Any]


def _expecting(condition: Condition | None) -> dict[str, Any]:
    if condition is None:
        return {}
    return expressions.expect(condition) | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


class Put(NamedTuple):
    """Write a whole item, on a condition about the item that it replaces.

    `pieces` is the attribute of that name of the item that was read, if the condition expects that
    very item.
    """

    item: Item
    expect: Condition | None = None
    pieces: str | None = None

    def request(self) -> dict[str, Any]:
        """Return the request for the client."""
        return {"Item": expressions.typed(packed(marked(self.item)))} | _expecting(self.expect)

    def is_stored_as(self, met: Item | None) -> bool:
        """Return whether an item that was met is the one to be written."""
        return met == expressions.plain(expressions.typed(self.item))


class Delete(NamedTuple):
    """Remove an item, on a condition."""

    key: Key
    expect: Condition | None = None

    def request(self) -> dict[str, Any]:
        """Return the request for the client."""
        return {"Key": expressions.typed(self.key._asdict())} | _expecting(self.expect)


class Add(NamedTuple):
    """Add to numbers of an item and set other attributes of it, on a condition.

    Unlike a `Put` it needs no version: concurrent additions don't conflict. Sets of the item get
    the elements of `includes`, or lose those of `excludes`.
    """

    key: Key
    amounts: Mapping[str, int | Decimal]
    expect: Condition | None = None
    sets: Mapping[str, Any] = {}
    includes: Mapping[str, AbstractSet[Any]] = {}
    excludes: Mapping[str, AbstractSet[Any]] = {}

    def request(self) -> dict[str, Any]:
        """Return the request for the client."""
        spelled = _expecting(self.expect)
        changes = {**self.amounts, **self._sets, **self.includes, **self.excludes}
        names = {f"#new_{name}": name for name in (*changes, *self._replaced)}
        values = {f":new_{name}": value for name, value in changes.items()}
        return spelled | {
            "Key": expressions.typed(self.key._asdict()),
            "UpdateExpression": self._expression(),
            "ExpressionAttributeNames": spelled.get("ExpressionAttributeNames", {}) | names,
            "ExpressionAttributeValues": spelled.get("ExpressionAttributeValues", {})
            | expressions.typed(values),
        }

    def _expression(self) -> str:
        clauses = (
            ("ADD #new_{0} :new_{0}", [*self.amounts, *self.includes]),
            ("SET #new_{0} = :new_{0}", self._sets),
            ("DELETE #new_{0} :new_{0}", self.excludes),
            ("REMOVE #new_{0}", self._replaced),
        )
        return " ".join(_clause(form, names) for form, names in clauses if names)

    @property
    def _sets(self) -> Mapping[str, Any]:
        return marked(self.sets)

    @property
    def _replaced(self) -> tuple[str, ...]:
        """The attribute that has the old text of a document, if there is a new one."""
        return (PACKED,) if BODY in self.sets else ()


def _clause(form: str, names: Iterable[str]) -> str:
    word, _, change = form.partition(" ")
    return f"{word} {', '.join(map(change.format, names))}"


Write = Put | Delete | Add

# DynamoDB's names of each write: as an operation of its own, and in a transaction.
OPERATIONS = {
    Put: ("put_item", "Put"),
    Delete: ("delete_item", "Delete"),
    Add: ("update_item", "Update"),
}
