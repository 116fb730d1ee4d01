"""Documents are read as the models would read them, also where pydantic did not write them."""

from datetime import datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from runledger.domain.documents import MAX_EXACT_SECONDS, parse_seconds, parse_time

TIMES = TypeAdapter(datetime)
SECONDS = TypeAdapter(timedelta)


@pytest.mark.parametrize(
    "text",
    ["2026-11-29T08:00:00Z", "2026-11-29T08:00:00.5+01:00", "1764403200", 1764403200.5, -1],
)
def test_a_time_in_any_form_is_read(text: str) -> None:
    assert parse_time(text) == TIMES.validate_python(text)


def test_a_time_keeps_its_offset() -> None:
    hour = timedelta(hours=1)
    assert parse_time("2026-11-29T08:00:00+01:00").tzinfo == timezone(hour)


def test_what_is_no_time_is_refused() -> None:
    with pytest.raises(ValidationError):
        parse_time("yesterday")


@pytest.mark.parametrize(
    "seconds",
    [0.0, -0.0, 0.1, -1.5, 1e-7, MAX_EXACT_SECONDS - 1e-6, MAX_EXACT_SECONDS, 43497771107.10156],
)
def test_a_duration_of_any_length_is_read(seconds: float) -> None:
    assert parse_seconds(seconds) == SECONDS.validate_python(seconds)
    assert parse_seconds(-seconds) == SECONDS.validate_python(-seconds)
