import json
import re
from pathlib import Path

import pytest

from tests.conformance.comparison.answers import Answer
from tests.conformance.comparison.comparing import Disagreement
from tests.conformance.comparison.differences import RULES, Exchange, explanation
from tests.conformance.programs import RequestStep, get, post
from tests.conformance.servers import AUTH
from tests.conformance.tables.conventions.conversations import talks

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "differences.md"
HEADINGS = frozenset(re.findall(r"^## (.+)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))


RULES_OF_TALKS = frozenset(talk.rule for talk in talks(AUTH) if talk.rule)


@pytest.mark.parametrize("rule", sorted(RULES | RULES_OF_TALKS))
def test_every_kept_difference_is_documented(rule: str) -> None:
    assert rule in HEADINGS


@pytest.mark.parametrize("reference", [200, 201, 404, 422, 500])
@pytest.mark.parametrize("ours", [200, 201, 404, 422, 500])
def test_no_kept_difference_covers_an_ordinary_request(reference: int, ours: int) -> None:
    step = post("/task_runs/", {"task_key": "t", "dynamic_key": "1", "state": {"type": "RUNNING"}})
    answers = Answer(reference, {}, b"{}"), Answer(ours, {}, b"{}")
    assert explanation(Exchange(step, *answers), []) is None


def test_a_read_that_only_one_side_can_answer_is_not_explained() -> None:
    answers = Answer(200, {}, b"{}"), Answer(404, {}, b'{"detail":"Task not found"}')
    assert explanation(Exchange(get("/task_runs/1"), *answers), []) is None


@pytest.mark.parametrize(
    ("step", "shown", "before", "covered"),
    [
        (post("/work_pools/p/get_scheduled_flow_runs", {}), {}, None, False),
        (get("/flow_runs/1"), {}, None, False),
        (get("/work_pools/p/queues/q"), {"last_polled": None}, "later", False),
        (get("/work_pools/p/queues/q"), {"last_polled": "2026-01-01T00:00:00Z"}, "later", True),
        (get("/work_pools/p/queues/q"), {"last_polled": "2026-01-01T00:00:00Z"}, "same", False),
    ],
)
def test_only_a_queue_that_was_polled_may_show_no_later_time(
    step: RequestStep, shown: object, before: str | None, *, covered: bool
) -> None:
    answer = Answer(200, {}, json.dumps(shown).encode())
    mismatch = Disagreement("body.updated", before, "same", "moved otherwise since last seen")
    found = explanation(Exchange(step, answer, answer), [mismatch])
    assert (found == "Work pools") == covered


@pytest.mark.parametrize(("theirs", "ours", "covered"), [(None, "q", True), ("q", "r", False)])
def test_only_a_queue_that_the_reference_does_not_show_is_kept(
    theirs: str | None, ours: str, *, covered: bool
) -> None:
    step, answer = post("/work_pools/p/get_scheduled_flow_runs", {}), Answer(200, {}, b"[]")
    mismatch = Disagreement("body[0].flow_run.work_queue_name", theirs, ours, "another value")
    found = explanation(Exchange(step, answer, answer), [mismatch])
    assert (found == "Work pools") == covered


@pytest.mark.parametrize(
    ("place", "covered"),
    [
        ("state.state_details.flow_run_id", True),
        ("state.state_details.scheduled_time", True),
        ("flow_run_id", False),
    ],
)
def test_only_details_may_name_another_run_that_got_the_same_state(
    place: str, *, covered: bool
) -> None:
    step, answer = post("/flow_runs/bulk_set_state", {}), Answer(200, {}, b"{}")
    mismatch = Disagreement(
        f"body.results[0].{place}", "a", "b", "an id that stood for another one"
    )
    found = explanation(Exchange(step, answer, answer), [mismatch])
    assert (found == "Many objects at once") == covered


@pytest.mark.parametrize(
    ("place", "theirs", "ours", "covered"),
    [
        ("work_pool_name", None, "a", True),
        ("work_queue_name", None, "a", True),
        ("work_queue_name", "b", "a", True),
        ("work_queue_name", "b", None, False),
        ("work_pool_name", "b", "a", False),
        ("name", None, "a", False),
    ],
)
def test_a_run_may_show_the_pool_and_queue_that_it_had(
    place: str, theirs: str | None, ours: str | None, *, covered: bool
) -> None:
    step, answer = get("/flow_runs/1"), Answer(200, {}, b"{}")
    mismatch = Disagreement(f"body.{place}", theirs, ours, "another text")
    found = explanation(Exchange(step, answer, answer), [mismatch])
    assert (found == "Work pools") == covered
