"""The base class of values, and the parsing of times and labels."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    ValidationInfo,
    WrapValidator,
)
from pydantic_core import PydanticCustomError


class Value(BaseModel):
    """A frozen value; durations are seconds on the wire.

    pydantic builds a model at its first use, under a lock: a function pays for those that it uses.
    """

    model_config = ConfigDict(frozen=True, ser_json_timedelta="float", defer_build=True)

    def replace(self, **changes: object) -> Self:
        """Return a copy with `changes`, which are not validated again."""
        return self.model_copy(update=changes)


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(instant: datetime) -> int:
    """Return an instant as microseconds since 1970, exactly."""
    return (instant - EPOCH) // MICROSECOND


Labels = dict[
    str, StrictBool | StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)] | str
]


def merge_labels(*layers: Mapping[str, Any] | None) -> dict[str, Any]:
    """Merge label layers: the later wins, a key keeps the place of its first appearance."""
    return {key: value for layer in layers if layer for key, value in layer.items()}


# Formats that only the reference's parser reads, not pydantic or `fromisoformat`.
RARE_FORMATS = ("%Y-%m", "%Y-%j", "%Y/%m/%d")

# `fromisoformat` reads these, the reference refuses them: blanks around a time or
# before its offset, hour 24, and a point without a fraction.
REFUSED = re.compile(r"^\s|\s$|T24|\s[+-]|\.(?!\d)", re.IGNORECASE)

Parse = Callable[[object], datetime]


def _parse_time(given: object, parse: Parse, info: ValidationInfo) -> datetime:
    """Read a time as the reference does (docs/contract/task-runs.md 1.7); naive means UTC.

    "now" is the instant of that name in the validation context.

    Raises:
        ValueError: the text is not a time, or not one that UTC can represent.
        PydanticCustomError: the value is neither text nor number.
    """
    if given == "now" and info.context:
        return info.context["now"]  # type: ignore[no-any-return]
    time = _parse_text(given, parse) if isinstance(given, str) else _parse_number(given, parse)
    time = time if time.tzinfo else time.replace(tzinfo=UTC)
    try:
        time.astimezone(UTC)
    except OverflowError:
        raise _unreadable(given) from None
    return time


def _parse_text(text: str, parse: Parse) -> datetime:
    with suppress(ValueError):
        return parse(text)
    for read in () if REFUSED.search(text) else RARE_READERS:
        with suppress(ValueError):
            return read(text)
    raise _unreadable(text)


def _reader(template: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, template)  # noqa: DTZ007 - naive means UTC


RARE_READERS = (datetime.fromisoformat, *map(_reader, RARE_FORMATS))


def _unreadable(given: object) -> ValueError:
    return ValueError(f"Unable to parse string [{given}]")


def _parse_number(given: object, parse: Parse) -> datetime:
    if isinstance(given, int | float | datetime) and not isinstance(given, bool):
        with suppress(ValueError):
            return parse(given)
    raise PydanticCustomError("value_error", "value is not a valid datetime")


Time = Annotated[datetime, WrapValidator(_parse_time)]
"""A time as clients send it; it keeps its offset."""

UtcTime = Annotated[Time, AfterValidator(lambda time: time.astimezone(UTC))]
"""A time as clients send it, converted to UTC."""
