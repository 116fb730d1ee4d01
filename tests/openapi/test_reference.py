"""Our document beside the reference's: the same parameters and fields, required or not.

`python -m tests.conformance.record_openapi` recorded the reference's.
"""

from collections import defaultdict

import pytest

from tests.openapi.facts import facts, recorded
from tests.openapi.not_served import NOT_SERVED
from tests.support.declared import DOCUMENT

OURS, THEIRS = facts(DOCUMENT), recorded()

# The reference's document does not have its own path, and the reference has no keys.
KEYS = {"DELETE /admin/keys/{id}", "GET /admin/keys", "POST /admin/keys"}
ONLY_OURS = {"GET /openapi.json", *KEYS}
# Theirs is an action of an automation.
OTHER_THINGS = {"ResumeFlowRun"}

ANSWERS = {
    name
    for name, schema in DOCUMENT["components"]["schemas"].items()
    if schema.get("properties", {}).keys() == set(schema.get("required", ()))
}


def test_the_reference_has_every_operation() -> None:
    assert OURS["operations"].keys() - THEIRS["operations"].keys() == ONLY_OURS


def test_what_is_not_served_is_listed_and_nothing_else() -> None:
    missing: dict[str, set[str]] = defaultdict(set)
    for operation, facts_of_theirs in THEIRS["operations"].items():
        if operation not in OURS["operations"]:
            missing[facts_of_theirs["group"]].add(operation)
    assert missing == NOT_SERVED


@pytest.mark.parametrize("operation", sorted(THEIRS["operations"].keys() & OURS["operations"]))
@pytest.mark.parametrize("fact", ["parameters", "body", "needs_body"])
def test_an_operation_takes_what_the_reference_takes(operation: str, fact: str) -> None:
    assert OURS["operations"][operation][fact] == THEIRS["operations"][operation][fact]


@pytest.mark.parametrize(
    "schema", sorted(THEIRS["schemas"].keys() & OURS["schemas"].keys() - OTHER_THINGS)
)
def test_a_schema_of_the_same_name_has_the_same_fields(schema: str) -> None:
    ours, theirs = OURS["schemas"][schema], THEIRS["schemas"][schema]
    assert ours.keys() == theirs.keys()
    # Ours promises fields of answers that the reference's only happens to have.
    assert {field for field in theirs if theirs[field]} <= {field for field in ours if ours[field]}
    assert schema in ANSWERS or ours == theirs
