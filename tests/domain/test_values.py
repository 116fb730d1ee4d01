"""Values: times read and spelled, labels merged, ids and names made.

See docs/contract/task-runs.md 1.7, 3.1.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import RFC_4122

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from runledger.domain.random_values import slug, uuid4_by_time, uuid7
from runledger.domain.values import Labels, Time, UtcTime, merge_labels

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
TIME: TypeAdapter[datetime] = TypeAdapter(Time)
UTC_TIME: TypeAdapter[datetime] = TypeAdapter(UtcTime)
LABELS: TypeAdapter[dict[str, Any]] = TypeAdapter(Labels)


def read(given_time: object) -> datetime:
    return TIME.validate_python(given_time, context={"now": NOW})


# fmt: off
ACCEPTED = [
    ("2026-07-27T10:00:00Z",              "2026-07-27T10:00:00+00:00"),
    ("2026-07-27t10:00:00z",              "2026-07-27T10:00:00+00:00"),
    ("2026-07-27 10:00:00",               "2026-07-27T10:00:00+00:00"),
    ("2026-07-27T10:00:00+02:00",         "2026-07-27T10:00:00+02:00"),
    ("2026-07-27T10:00:00-0530",          "2026-07-27T10:00:00-05:30"),
    ("2026-07-27T10:00",                  "2026-07-27T10:00:00+00:00"),
    ("2026-07-27",                        "2026-07-27T00:00:00+00:00"),
    ("2026-07-27T10:00:00.5Z",            "2026-07-27T10:00:00.500000+00:00"),
    ("2026-07-27T10:00:00.123456789Z",    "2026-07-27T10:00:00.123456+00:00"),
    ("now",                               "2030-01-01T12:00:00+00:00"),
    (0,                                   "1970-01-01T00:00:00+00:00"),
    (1.5,                                 "1970-01-01T00:00:01.500000+00:00"),
    (1_785_146_400,                       "2026-07-27T10:00:00+00:00"),
    ("1785146400",                        "2026-07-27T10:00:00+00:00"),
    (1_785_146_400_000,                   "2026-07-27T10:00:00+00:00"),
]
# fmt: on

REFUSED: list[object] = [
    *("", " ", "tomorrow", "10:00", "2026-13-01", "2026-02-30", "2026-07-27T24:00:00"),
    *("2026-07-27T10:00:60", "10000-01-01T00:00:00", "2026-07-27T10:00:00+25:00"),
    *("9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"),
    *(True, False, [], {}, None, 1e300),
]


@pytest.mark.parametrize(("sent", "time"), ACCEPTED, ids=str)
def test_a_time_is_read_with_the_offset_that_it_was_sent_with(sent: object, time: str) -> None:
    assert read(sent).isoformat() == time


@pytest.mark.parametrize("sent", REFUSED, ids=repr)
def test_what_is_no_time_is_refused_as_a_wrong_value(sent: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        read(sent)
    assert [problem["type"] for problem in refusal.value.errors()] == ["value_error"]


def test_a_time_can_be_told_in_utc() -> None:
    read_time = UTC_TIME.validate_python("2026-07-27T10:00:00+02:00")
    assert read_time.isoformat() == "2026-07-27T08:00:00+00:00"


OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(time=st.datetimes(datetime(1900, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS))  # noqa: DTZ001
def test_what_is_told_of_a_time_is_read_as_the_same_instant(time: datetime) -> None:
    assert read(TIME.dump_python(time, mode="json")) == time


# fmt: off
MERGED = [
    ([],                                {}),
    ([None],                            {}),
    ([{"a": 1}, None],                  {"a": 1}),
    ([{"a": 1, "b": 2}, {"a": 3}],      {"a": 3, "b": 2}),
    ([{"b": 1}, {"a": 1}, {"b": 0}],    {"b": 0, "a": 1}),
]
# fmt: on


@pytest.mark.parametrize(("layers", "merged"), MERGED)
def test_later_labels_win_and_the_first_keep_their_place(
    layers: list[dict[str, Any] | None], merged: dict[str, Any]
) -> None:
    assert list(merge_labels(*layers).items()) == list(merged.items())


@pytest.mark.parametrize("label", [1, 1.0, True, False, "1", "", 0, 10**30])
def test_a_label_keeps_its_type(label: object) -> None:
    (kept,) = LABELS.validate_python({"a": label}).values()
    assert (type(kept), kept) == (type(label), label)


@pytest.mark.parametrize("label", [None, [], {}, float("nan"), float("inf")])
def test_a_label_is_no_other_value(label: object) -> None:
    with pytest.raises(ValidationError):
        LABELS.validate_python({"a": label})


CHANCE = st.integers(0, 2**74 - 1)
TIMES = st.datetimes(datetime(1971, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(at=TIMES, random_fraction=CHANCE)
def test_a_state_id_is_a_uuid_of_version_7(at: datetime, random_fraction: int) -> None:
    made = uuid7(at, random_fraction)
    assert (made.version, made.variant) == (7, RFC_4122)


@given(at=TIMES, random_fraction=CHANCE)
def test_the_id_of_a_task_run_is_a_uuid_of_version_4_that_sorts_by_time(
    at: datetime, random_fraction: int
) -> None:
    made = uuid4_by_time(at, random_fraction)
    assert (made.version, made.variant) == (4, RFC_4122)
    assert made.int >> 80 == uuid7(at, 0).int >> 80


@example(
    at=datetime(2038, 7, 3, 16, 13, 15, 970_000, UTC), random_fraction=0
)  # a float can't tell it
@given(at=TIMES, random_fraction=CHANCE)
def test_a_state_id_tells_its_millisecond(at: datetime, random_fraction: int) -> None:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert uuid7(at, random_fraction).int >> 80 == (at - epoch) // timedelta(milliseconds=1)


@given(at=TIMES, one=CHANCE, other=CHANCE)
def test_state_ids_of_one_moment_differ_as_chance_does(at: datetime, one: int, other: int) -> None:
    assert (uuid7(at, one) == uuid7(at, other)) == (one == other)


@given(random_fraction=CHANCE)
def test_a_name_is_two_words(random_fraction: int) -> None:
    assert re.fullmatch("[a-z]+-[a-z]+", slug(random_fraction))


def test_names_are_many() -> None:
    assert len({slug(random_fraction) for random_fraction in range(10_000)}) == 64 * 64
