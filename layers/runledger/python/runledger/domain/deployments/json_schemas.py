"""JSON Schema validation, limited to the keywords that describe parameters of functions.

Each keyword's check yields problems in the words of the library that the reference uses. Other
keywords (conditions, dependencies, unevaluated items and properties) are ignored.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

Schema = Mapping[str, Any] | bool
Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """A violation and its path; `branches` are the reasons why no alternative fits."""

    message: str
    path: Path = ()
    keyword: str = ""
    fits_type: bool = False
    branches: tuple["Problem", ...] = ()

    def within(self, part: str | int) -> "Problem":
        """Return the problem with its path seen from the enclosing object or list."""
        return self._replace(path=(part, *self.path))


class Check(NamedTuple):
    """A value and the schema to check it by; `root` is the schema where references start."""

    value: Any
    schema: Mapping[str, Any]
    root: Mapping[str, Any]

    def inside(self, value: object, schema: Schema) -> Iterator[Problem]:
        """Check a part of the value, or check the value by a part of the schema."""
        return problems(value, schema, self.root)


Keyword = Callable[[Check, Any], Iterator[Problem]]


def is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: object) -> bool:
    return is_number(value) and float(value).is_integer()  # type: ignore[arg-type]


# `any` is a type of this module only.
TYPES: Mapping[str, Callable[[Any], bool]] = {
    "any": lambda _: True,
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": is_integer,
    "null": lambda value: value is None,
    "number": is_number,
    "object": lambda value: isinstance(value, dict),
    "string": lambda value: isinstance(value, str),
}


def problems(value: object, schema: Schema, root: Mapping[str, Any]) -> Iterator[Problem]:
    if isinstance(schema, bool):
        yield from () if schema else (Problem(f"False schema does not allow {value!r}"),)
        return
    checked = Check(value, schema, root)
    fits = "type" in schema and not any(_type(checked, schema["type"]))
    for keyword in filter(KEYWORDS.__contains__, schema):
        check, kind = KEYWORDS[keyword]
        found = check(checked, schema[keyword]) if TYPES[kind](value) else ()
        yield from (
            problem if problem.keyword else problem._replace(keyword=keyword, fits_type=fits)
            for problem in found
        )


def _type(check: Check, types: str | Sequence[str]) -> Iterator[Problem]:
    wanted = [types] if isinstance(types, str) else types
    if not any(TYPES[name](check.value) for name in wanted if name in TYPES):
        names = ", ".join(map(repr, wanted))
        yield Problem(f"{check.value!r} is not of type {names}")


def _enum(check: Check, allowed: Sequence[Any]) -> Iterator[Problem]:
    if not any(_same(check.value, one) for one in allowed):
        yield Problem(f"{check.value!r} is not one of {allowed!r}")


def _const(check: Check, only: object) -> Iterator[Problem]:
    if not _same(check.value, only):
        yield Problem(f"{only!r} was expected")


def _same(one: object, other: object) -> bool:
    """In JSON true is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _reference(check: Check, pointer: str) -> Iterator[Problem]:
    found: Any = check.root
    for part in pointer.split("/")[1:]:
        found = found.get(part.replace("~1", "/").replace("~0", "~"), {})
    return check.inside(check.value, found)


def _properties(check: Check, schemas: Mapping[str, Schema]) -> Iterator[Problem]:
    for name, schema in schemas.items():
        if name in check.value:
            yield from (problem.within(name) for problem in check.inside(check.value[name], schema))


def _additional_properties(check: Check, schema: Schema) -> Iterator[Problem]:
    extra = [name for name in check.value if name not in check.schema.get("properties", {})]
    if schema is False and extra:
        names = ", ".join(map(repr, sorted(extra)))
        verb = "was" if len(extra) == 1 else "were"
        yield Problem(f"Additional properties are not allowed ({names} {verb} unexpected)")
        return
    for name in extra:
        yield from (problem.within(name) for problem in check.inside(check.value[name], schema))


def _required(check: Check, names: Sequence[str]) -> Iterator[Problem]:
    for name in names:
        if name not in check.value:
            yield Problem(f"{name!r} is a required property")


def _items(check: Check, schema: Schema) -> Iterator[Problem]:
    first = len(check.schema.get("prefixItems", ()))
    for index, item in enumerate(check.value[first:], first):
        yield from (problem.within(index) for problem in check.inside(item, schema))


def _prefix_items(check: Check, schemas: Sequence[Schema]) -> Iterator[Problem]:
    for index, (item, schema) in enumerate(zip(check.value, schemas, strict=False)):
        yield from (problem.within(index) for problem in check.inside(item, schema))


def _unique(check: Check, enabled: object) -> Iterator[Problem]:
    rest = list(check.value)
    while enabled and rest:
        one = rest.pop()
        if any(_same(one, other) for other in rest):
            yield Problem(f"{check.value!r} has non-unique elements")
            return


def _pattern(check: Check, pattern: str) -> Iterator[Problem]:
    if not re.search(pattern, check.value):
        yield Problem(f"{check.value!r} does not match {pattern!r}")


def _all_of(check: Check, schemas: Sequence[Schema]) -> Iterator[Problem]:
    for schema in schemas:
        yield from check.inside(check.value, schema)


def _any_of(check: Check, schemas: Sequence[Schema]) -> Iterator[Problem]:
    branches = [tuple(check.inside(check.value, schema)) for schema in schemas]
    if all(branches):
        yield _none_fits(check.value, branches)


def _one_of(check: Check, schemas: Sequence[Schema]) -> Iterator[Problem]:
    branches = [tuple(check.inside(check.value, schema)) for schema in schemas]
    fitting = [schema for schema, found in zip(schemas, branches, strict=True) if not found]
    if not fitting:
        yield _none_fits(check.value, branches)
    elif len(fitting) > 1:
        # The library names the first fitting schema last.
        named = ", ".join(map(repr, (*fitting[1:], fitting[0])))
        yield Problem(f"{check.value!r} is valid under each of {named}")


def _none_fits(value: object, branches: Sequence[Sequence[Problem]]) -> Problem:
    message = f"{value!r} is not valid under any of the given schemas"
    return Problem(message, branches=tuple(one for branch in branches for one in branch))


def _not(check: Check, schema: Schema) -> Iterator[Problem]:
    if not any(check.inside(check.value, schema)):
        yield Problem(f"{check.value!r} should not be valid under {schema!r}")


def _multiple_of(check: Check, unit: float) -> Iterator[Problem]:
    if not (check.value / unit).is_integer():
        yield Problem(f"{check.value!r} is not a multiple of {unit}")


def _bound(holds: Callable[[Any, Any], bool], words: str) -> Keyword:
    def check(check: Check, bound: float) -> Iterator[Problem]:
        if not holds(check.value, bound):
            yield Problem(f"{check.value!r} is {words} of {bound!r}")

    return check


def _min_size(words: str) -> Keyword:
    def check(check: Check, minimum: int) -> Iterator[Problem]:
        if len(check.value) < minimum:
            words_of_bound = "should be non-empty" if minimum == 1 else words
            yield Problem(f"{check.value!r} {words_of_bound}")

    return check


def _max_size(words: str) -> Keyword:
    def check(check: Check, maximum: int) -> Iterator[Problem]:
        if len(check.value) > maximum:
            words_of_bound = words if maximum else "is expected to be empty"
            yield Problem(f"{check.value!r} {words_of_bound}")

    return check


# Each keyword's check, and the type of the values to which it applies.
KEYWORDS: Mapping[str, tuple[Keyword, str]] = {
    "$ref": (_reference, "any"),
    "allOf": (_all_of, "any"),
    "anyOf": (_any_of, "any"),
    "oneOf": (_one_of, "any"),
    "not": (_not, "any"),
    "type": (_type, "any"),
    "enum": (_enum, "any"),
    "const": (_const, "any"),
    "properties": (_properties, "object"),
    "additionalProperties": (_additional_properties, "object"),
    "required": (_required, "object"),
    "minProperties": (_min_size("does not have enough properties"), "object"),
    "maxProperties": (_max_size("has too many properties"), "object"),
    "items": (_items, "array"),
    "prefixItems": (_prefix_items, "array"),
    "minItems": (_min_size("is too short"), "array"),
    "maxItems": (_max_size("is too long"), "array"),
    "uniqueItems": (_unique, "array"),
    "minLength": (_min_size("is too short"), "string"),
    "maxLength": (_max_size("is too long"), "string"),
    "pattern": (_pattern, "string"),
    "minimum": (_bound(ge, "less than the minimum"), "number"),
    "maximum": (_bound(le, "greater than the maximum"), "number"),
    "exclusiveMinimum": (_bound(gt, "less than or equal to the minimum"), "number"),
    "exclusiveMaximum": (_bound(lt, "greater than or equal to the maximum"), "number"),
    "multipleOf": (_multiple_of, "number"),
}
