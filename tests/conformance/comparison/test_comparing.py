"""The comparison sees what differs, and only that."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conformance.comparison.answers import Answer
from tests.conformance.comparison.comparing import AnswerComparison, Disagreement

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Body = dict[str, Any]
Change = Callable[[Body], object]


def text(after: float) -> str:
    return (NOW + timedelta(seconds=after)).isoformat(timespec="microseconds")[:-6] + "Z"


def run(which: str = "a", after: float = 0.0) -> Body:
    """A task run as one server shows it; ids, name and times are the server's own."""
    own, state = (
        f"{which * 8}-0000-4000-8000-000000000001",
        f"{which * 8}-0000-7000-8000-000000000002",
    )
    return {
        "id": own,
        "created": text(after + 0.001),
        "updated": text(after + 0.02),
        "name": f"{'quick' if which == 'a' else 'slow'}-otter",
        "tags": ["a", "b"],
        "labels": {"x": 1},
        "run_count": 1,
        "cache_expiration": "2035-01-01T00:00:00Z",
        "expected_start_time": text(after),
        "start_time": text(after),
        "end_time": None,
        "total_run_time": 0.0,
        "estimated_run_time": 0.5 + after / 10,
        "state_id": state,
        "state": {
            "id": state,
            "timestamp": text(after),
            "message": f"of {own}",
            "state_details": {"task_run_id": own, "scheduled_time": None},
        },
    }  # fmt: skip


def answer(body: object, status: int = 200) -> Answer:
    return Answer(status, {"content-type": "application/json"}, json.dumps(body).encode())


def mismatches(left: object, right: object) -> list[Disagreement]:
    return AnswerComparison(NOW, NOW).mismatches(answer(left), answer(right))


def changed(change: Change) -> Body:
    body = run("b", after=3)
    change(body)
    return body


def test_what_servers_pick_for_themselves_is_alike() -> None:
    assert mismatches(run("a"), run("b", after=3)) == []


CHANGES: dict[str, Change] = {
    "another id in one of its places": lambda it: it.update(state_id="c" * 8 + run("b")["id"][8:]),
    "an id of another version": lambda it: it.update(
        state_id=run("b")["id"].replace("8000-000000000001", "8000-000000000009")
    ),
    "another text around an id": lambda it: it["state"].update(message="by " + run("b")["id"]),
    "a name that is no slug": lambda it: it.update(name="Otter"),
    "a name that is missing": lambda it: it.update(name=None),
    "tags in another order": lambda it: it.update(tags=["b", "a"]),
    "a tag more": lambda it: it.update(tags=["a", "b", "b"]),
    "another count": lambda it: it.update(run_count=2),
    "a count that is no integer": lambda it: it.update(run_count=1.0),
    "a label of another type": lambda it: it.update(labels={"x": True}),
    "a label more": lambda it: it.update(labels={"x": 1, "y": 2}),
    "a key less": lambda it: it.pop("tags"),
    "keys in another order": lambda it: it.update(id=it.pop("id")),
    "another time that a client sent": lambda it: it.update(
        cache_expiration="2035-01-01T00:00:01Z"
    ),
    "a client's time spelled otherwise": lambda it: it.update(
        cache_expiration="2035-01-01T01:00:00+01:00"
    ),
    "a client's time instead of the clock's": lambda it: it.update(
        start_time="2035-01-01T00:00:00Z"
    ),
    "a time where there is none": lambda it: it.update(end_time=text(4)),
    "no time where there is one": lambda it: it.update(start_time=None),
    "a time with another offset": lambda it: it.update(start_time=text(3)[:-1] + "+00:00"),
    "a time with milliseconds": lambda it: it.update(start_time=text(3)[:-4] + "Z"),
    "times in another order": lambda it: it.update(start_time=text(4)),
    "a duration that is zero": lambda it: it.update(estimated_run_time=0.0),
    "a duration that is not zero": lambda it: it.update(total_run_time=0.1),
    "a duration that is much longer": lambda it: it.update(estimated_run_time=500.0),
    "a duration below zero": lambda it: it.update(estimated_run_time=-0.5),
    "a duration that is an integer": lambda it: it.update(total_run_time=0),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of_one_value_is_a_mismatch(change: Change) -> None:
    assert mismatches(run("a"), changed(change)) != []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_within_a_list_is_a_mismatch(change: Change) -> None:
    assert mismatches([run("a")], [changed(change)]) != []


def test_another_status_is_a_mismatch() -> None:
    found = AnswerComparison(NOW, NOW).mismatches(answer({}, 200), answer({}, 201))
    assert [mismatch.where for mismatch in found] == ["status"]


@pytest.mark.parametrize("name", ["content-type", "allow"])
def test_another_header_is_a_mismatch(name: str) -> None:
    other = Answer(200, {"content-type": "application/json", name: "x"}, b"{}")
    found = AnswerComparison(NOW, NOW).mismatches(answer({}), other)
    assert [mismatch.where for mismatch in found] == [f"header {name}"]


def test_a_list_in_another_order_is_a_mismatch() -> None:
    comparison = AnswerComparison(NOW, NOW)
    for left, right in (("a", "b"), ("c", "d")):
        assert comparison.mismatches(answer(run(left)), answer(run(right))) == []
    assert comparison.mismatches(answer([run("a"), run("c")]), answer([run("d"), run("b")])) != []


def test_an_element_less_is_a_mismatch() -> None:
    assert mismatches([run("a")], []) != []


def test_an_id_stands_for_one_id_only_across_answers() -> None:
    comparison = AnswerComparison(NOW, NOW)
    comparison.mismatches(answer(run("a")), answer(run("b")))
    assert comparison.mismatches(answer(run("a")), answer(run("c"))) != []
    assert comparison.mismatches(answer(run("c")), answer(run("b"))) != []


def test_a_key_is_the_id_that_stood_for_the_other_before() -> None:
    comparison = AnswerComparison(NOW, NOW)
    left, right = run("a"), run("b")
    comparison.mismatches(answer(left), answer(right))
    as_text = answer({str(left["id"]): 1})
    assert comparison.mismatches(as_text, answer({str(right["id"]): 1})) == []
    assert comparison.mismatches(as_text, answer({str(run("c")["id"]): 1})) != []


MOVES: dict[str, tuple[float, Change]] = {
    "changed though it should not have": (0.0, lambda it: it.update(created=text(9))),
    "stayed though it should have changed": (2.0, lambda it: it.update(updated=text(3.02))),
    "went back": (2.0, lambda it: it.update(updated=text(1))),
    "got another name": (0.0, lambda it: it.update(name="small-otter")),
}


@pytest.mark.parametrize(("later", "change"), MOVES.values(), ids=MOVES.keys())
def test_a_value_that_moves_on_one_side_only_is_a_mismatch(later: float, change: Change) -> None:
    comparison = AnswerComparison(NOW, NOW)
    assert comparison.mismatches(answer(run("a")), answer(run("b", after=3))) == []
    again = {**run("a"), "updated": text(0.02 + later)}
    assert comparison.mismatches(answer(again), answer(changed(change))) != []


def test_texts_that_are_no_json_are_compared_as_they_are() -> None:
    left, right = Answer(200, {}, b"OK"), Answer(200, {}, b"Ok")
    assert AnswerComparison(NOW, NOW).mismatches(left, right) != []


@pytest.mark.parametrize("of", ["results", "deleted"])
def test_what_became_of_many_objects_has_no_order_but_that_of_their_ids(of: str) -> None:
    theirs, ours = (
        [run(which) | {"n": n} for n, which in enumerate(pair)] for pair in ("ab", "cd")
    )
    comparison = AnswerComparison(NOW, NOW)
    assert comparison.mismatches(answer(theirs), answer(ours)) == []

    def outcomes(runs: list[Body], *statuses: str) -> Answer:
        told = [
            {"flow_run_id": one["id"], "status": it} for one, it in zip(runs, statuses, strict=True)
        ]
        return answer({of: told if of == "results" else [one["id"] for one in runs]})

    turned = outcomes(ours[::-1], "ABORT", "ACCEPT")
    assert comparison.mismatches(outcomes(theirs, "ACCEPT", "ABORT"), turned) == []
    assert comparison.mismatches(outcomes(theirs[:1], "ACCEPT"), turned)
    wrong = comparison.mismatches(outcomes(theirs, "ABORT", "ACCEPT"), turned)
    assert bool(wrong) == (of == "results")
    assert comparison.mismatches(answer(theirs), answer(ours[::-1]))
