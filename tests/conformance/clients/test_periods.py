import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conformance.clients.periods import Span, Trace, most_at_once, traces

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def span(began: int, ended: int) -> Span:
    return Span(NOON + timedelta(seconds=began), NOON + timedelta(seconds=ended))


@pytest.mark.parametrize(
    ("spans", "most"),
    [
        ([], 0),
        ([span(0, 5)], 1),
        ([span(0, 5), span(5, 9)], 1),
        ([span(0, 5), span(4, 9)], 2),
        ([span(0, 9), span(1, 2), span(3, 4)], 2),
        ([span(0, 9), span(1, 5), span(3, 4)], 3),
    ],
)
def test_spans_that_overlap_are_counted_together(spans: list[Span], most: int) -> None:
    assert most_at_once(spans) == most


def note(folder: Path, run: str, *words: str) -> None:
    steps = [{"is": word, "time": NOON.timestamp(), "parent": 7} for word in words]
    (folder / run).write_text("".join(f"{json.dumps(step)}\n" for step in steps), "utf-8")


def test_a_run_has_begun_and_perhaps_ended(tmp_path: Path) -> None:
    note(tmp_path, "none")
    note(tmp_path, "one", "begun")
    note(tmp_path, "two", "begun", "ended")
    assert traces(tmp_path) == {"one": Trace(NOON, 7), "two": Trace(NOON, 7, NOON)}


def test_a_run_that_began_twice_is_told(tmp_path: Path) -> None:
    note(tmp_path, "run", "begun", "begun", "ended")
    with pytest.raises(AssertionError, match="run run"):
        traces(tmp_path)
