import re
from pathlib import Path

import pytest

from tests.conformance.comparison.answers import Answer
from tests.conformance.comparison.differences import RULES, Exchange, explanation
from tests.conformance.programs import get, post
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
