"""Counts of events in spans of time, by name or by resource."""

from datetime import UTC, datetime, timedelta

import pytest

from runledger.domain.errors import Invalid
from runledger.domain.events.event_counts import (
    PIVOT,
    TICK,
    Spans,
    TimeUnit,
    by_name,
    by_resource,
    by_time,
)
from runledger.domain.events.events import Event
from tests.reporting.building import at, event

HOUR = timedelta(hours=1)


def labelled(second: float, **labels: str) -> Event:
    dotted = {name.replace("_", "."): text for name, text in labels.items()}
    return event(second, resource={"prefect.resource.id": "x", **dotted})


@pytest.mark.parametrize("unit", TimeUnit)
def test_a_span_is_as_long_as_its_unit_times_over(unit: TimeUnit) -> None:
    spans = Spans(PIVOT, PIVOT + unit.length, unit, 0.5)
    assert spans.step == unit.length / 2
    assert [*spans.starts(PIVOT + unit.length)] == [PIVOT, PIVOT + unit.length / 2]


def test_spans_without_events_are_counted_too() -> None:
    spans = Spans(at(-60), at(3 * 3600), TimeUnit.HOUR, 1)
    counts = by_time([event(1), event(2), event(7300)], spans, at(4 * 3600))
    assert [one.count for one in counts] == [0, 2, 0, 1]
    assert [one.value for one in counts] == ["0", "1", "2", "3"]
    assert all(one.end_time == one.start_time + HOUR - TICK for one in counts)
    assert [one.label for one in counts] == [one.start_time.isoformat() for one in counts]


def test_spans_end_with_the_unit_that_it_is_now() -> None:
    counts = by_time([], Spans(at(0), at(10 * 3600), TimeUnit.HOUR, 1), at(3700))
    assert [one.start_time for one in counts] == [at(0), at(3600)]


def test_too_many_spans_are_refused() -> None:
    Spans(at(0), at(1000), TimeUnit.SECOND, 1).check()
    with pytest.raises(Invalid, match="would create 1001 buckets"):
        Spans(at(0), at(1001), TimeUnit.SECOND, 1).check()


@pytest.mark.parametrize("unit", TimeUnit)
@pytest.mark.parametrize("interval", [1e14, 1e300])
def test_spans_longer_than_all_time_are_refused(unit: TimeUnit, interval: float) -> None:
    with pytest.raises(Invalid, match="beyond the years"):
        Spans(at(0), at(1), unit, interval).check()


@pytest.mark.parametrize("since", [datetime(1, 1, 1, tzinfo=UTC), PIVOT])
def test_spans_that_leave_the_calendar_are_refused(since: datetime) -> None:
    spans = Spans(since, since + HOUR, TimeUnit.DAY, 4e6)
    spans.check()
    with pytest.raises(Invalid, match="beyond the years"):
        by_time([], spans, PIVOT + timedelta(days=1000))


def test_names_are_counted_the_most_frequent_first_and_then_by_their_labels() -> None:
    events = [event(n, event=name) for n, name in enumerate(["b", "c", "a", "c"])]
    counts = by_name(events)
    assert [(one.value, one.label, one.count) for one in counts] == [
        ("c", "c", 2),
        ("a", "a", 1),
        ("b", "b", 1),
    ]
    assert (counts[0].start_time, counts[0].end_time) == (at(1), at(3))


def test_a_resource_is_counted_under_the_name_that_it_has_last() -> None:
    events = [
        labelled(3),
        labelled(1, prefect_resource_name="first"),
        labelled(5, prefect_name="other", prefect_resource_name="last"),
        labelled(4, prefect_name="other"),
    ]
    (count,) = by_resource(events)
    assert (count.value, count.label, count.count) == ("x", "last", 4)
    assert by_resource(events[:1])[0].label == "x"
    assert by_resource(events[3:])[0].label == "other"
