"""The differences from the reference that are kept, each as narrow as it can be told.

Each names its rule, a heading of docs/differences.md that says why. A disagreement that none of
them covers is a defect. One that covers nothing in a whole run is reported: it may be out of date.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from tests.conformance.comparison.answers import Answer
from tests.conformance.comparison.comparing import Disagreement
from tests.conformance.comparison.ties import differ_in_ties_only
from tests.conformance.comparison.volatile import sums_agree
from tests.conformance.programs import Json, RequestStep


class Exchange(NamedTuple):
    step: RequestStep
    reference: Answer
    ours: Answer

    def sent(self, pattern: bytes) -> bool:
        """The request's content has this in it."""
        return re.search(pattern, self.step.content or b"") is not None

    def asked(self, pattern: str) -> bool:
        """The request is for this method and path."""
        return re.fullmatch(pattern, f"{self.step.method} {self.step.path}") is not None

    def header(self, name: str) -> str | None:
        return next((text for it, text in self.step.header_lines if it == name), None)


@dataclass(frozen=True)
class Difference:
    """Covers exchanges with these statuses, if `when` says so too."""

    rule: str
    reference: frozenset[int]
    ours: frozenset[int]
    when: Callable[[Exchange], bool]

    def covers(self, exchange: Exchange) -> bool:
        known = exchange.reference.status in self.reference and exchange.ours.status in self.ours
        return known and self.when(exchange)


# Found by following the reference's redirect: see running.py.
SLASHES = "Slashes"
TIES = "Order of ties"
EMPTY_ANSWERS = "Content type of empty answers"
REFUSED_CHANGES = "Refused proposals"
UPDATED = "body.updated", "later", "same"
POOLS = "Work pools"
MANY = "Many objects at once"
STATE_OF_MANY = "POST /flow_runs/bulk_set_state"
SHARED = ("state.state_details.flow_run_id", "state.state_details.scheduled_time")
RUN = "GET /flow_runs/[^/]+"
SEEN = r"(GET|POST) /work_pools/([^/]+(/queues/[^/]+)?|filter)"
OF_POOL = frozenset({"work_queue_id", "work_queue_name", "work_pool_id", "work_pool_name"})
POLL = "POST /work_pools/[^/]+/get_scheduled_flow_runs"

CREATE = "POST /(task|flow)_runs/?"
DEFERRED = rb'"deferred": (true|1|"(true|yes|on|t|y|1)")'
SET_STATE = "POST /task_runs/[^/]+/set_state"
RESUME = "POST /flow_runs/[^/]+/resume"
SURROGATE = rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]"
DATA = rb'"data": (?!null|\{"type": "unpersisted")'
TIME_OF_DAY = rb'"T?03:04:05"'
START = "POST /deployments/[^/]+/create_flow_run"
FILL = "POST /deployments/[^/]+/schedule"
UPDATE = "PATCH /deployments/[^/]+"
KIND = rb'"__prefect_kind"'
NO_POLICY = rb'"empirical_policy": (null|\[\]|"x"|5|true)'


def _one(rule: str, reference: int, ours: int, when: Callable[[Exchange], bool]) -> Difference:
    return Difference(rule, frozenset({reference}), frozenset({ours}), when)


def _is_undecodable(it: Exchange) -> bool:
    """As UTF-8; nobody sends anything else."""
    try:
        (it.step.content or b"").decode()
    except UnicodeDecodeError:
        return True
    return False


def _is_base64(text: str) -> bool:
    return re.fullmatch(r"(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?", text) is not None


def _has_odd_version(it: Exchange) -> bool:
    """Only flow runs read the version once more, and more strictly."""
    odd = it.header("x-prefect-api-version") in {"0. 8.4", "+1.0.0", "1_0.0.0"}
    return odd and it.asked("POST /flow_runs/")


def _is_out_of_range(it: Exchange) -> bool:
    as_text = re.search(rb"less_than_equal|before the year 10000", it.ours.content)
    return as_text is not None and it.asked("POST /task_runs/(filter|paginate|history)")


def _keeps_odd_result(it: Exchange) -> bool:
    return it.asked(SET_STATE) and b"This run is already completed." in it.ours.content


def _creates_no_object(it: Exchange) -> bool:
    return it.asked("POST /block_documents/?") and not it.sent(rb"^\{")


def _is_about_as_late(it: Exchange) -> bool:
    theirs, ours = it.reference.body, it.ours.body
    if not (isinstance(theirs, float) and isinstance(ours, float)):
        return False
    return it.asked("POST /flow_runs/lateness") and sums_agree(theirs, ours)


DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        "NaN and Infinity",
        frozenset({200, 201, 204, 400, 409, 422, 500}),
        frozenset({422}),
        lambda it: (
            re.search(rb"is not a JSON number|out of range|finite_number", it.ours.content)
            is not None
        ),
    ),
    Difference(
        "Lone surrogates",
        frozenset({200, 201, 204, 409, 422, 500}),
        frozenset({422}),
        lambda it: it.sent(SURROGATE) and b"surrogate" in it.ours.content,
    ),
    _one("Undecodable bodies", 500, 422, _is_undecodable),
    _one("Undecodable bodies", 500, 400, _is_undecodable),
    _one("Undecodable bodies", 422, 422, lambda it: b"bytes" in it.reference.content),
    _one("State data at create", 500, 201, lambda it: it.sent(DATA) and it.asked(CREATE)),
    _one("State data at create", 500, 200, lambda it: it.sent(DATA) and it.asked(CREATE)),
    _one("State data of deferred runs", 500, 201, lambda it: it.sent(DATA) and it.sent(DEFERRED)),
    _one("Times", 201, 422, lambda it: it.sent(TIME_OF_DAY)),
    _one("Times", 200, 422, lambda it: it.sent(TIME_OF_DAY)),
    _one("Times", 422, 422, lambda it: it.sent(rb'"PT5S"')),
    _one("Times", 500, 422, lambda it: it.sent(rb"\+24:00")),
    _one("Times", 200, 422, lambda it: it.sent(rb"\+24:00")),
    _one("Results that are not objects", 500, 200, _keeps_odd_result),
    _one("Numbers out of range", 500, 422, _is_out_of_range),
    _one("Numbers out of range", 500, 200, lambda it: it.sent(rb'"page": 9223372036854775807')),
    _one("Empty retry delays", 500, 201, lambda it: it.sent(rb'"FAILED"') and it.asked(SET_STATE)),
    _one("Invalid tags of limits", 500, 422, lambda it: it.asked("POST /concurrency_limits/")),
    _one("Negative limits", 500, 200, lambda it: it.sent(rb'_limit": -1')),
    _one("Reset of a limit", 200, 200, lambda it: it.asked("GET .*/tag:reset")),
    _one("A tag named twice", 423, 200, lambda it: it.sent(rb'"t", "t"')),
    _one("Leases without limits", 204, 410, lambda it: it.asked("POST .*/<s1.lease_id>/renew")),
    _one("Invalid labels", 204, 422, lambda it: it.asked("PATCH .*/labels")),
    _one("Average lateness", 200, 200, _is_about_as_late),
    _one("Keys of inputs", 500, 422, lambda it: it.asked("POST .*/input")),
    _one("Keys of inputs", 404, 405, lambda it: it.asked("(GET|DELETE) .*/input/filter")),
    _one("Numbers out of range", 500, 422, lambda it: it.asked("POST .*/input/filter")),
    _one("Pauses that can't be answered", 500, 200, lambda it: it.asked(RESUME)),
    _one("Pauses that can't be answered", 500, 404, lambda it: it.asked(RESUME)),
    _one("Slashes", 307, 404, lambda it: "//" in it.step.path),
    _one("Slashes", 401, 200, lambda it: it.asked("GET /(health|ready)/")),
    Difference(
        "Credentials",
        frozenset({200, 400, 404, 405, 422}),
        frozenset({401}),
        lambda it: not _is_base64((it.header("authorization") or "").removeprefix("Basic ")),
    ),
    _one("Encoded slashes", 307, 404, lambda it: "%2F" in it.step.path),
    _one("Encoded slashes", 405, 404, lambda it: "%2F" in it.step.path),
    _one("Encoded slashes", 422, 404, lambda it: "%2F" in it.step.path),
    _one("Encoded slashes", 200, 404, lambda it: "%2F" in it.step.path),
    _one("Retry policy null", 500, 422, lambda it: it.sent(NO_POLICY)),
    _one("Long state names of flow runs", 500, 201, lambda it: it.sent(rb'"name": "a{5000}"')),
    _one("Long state names of flow runs", 500, 200, lambda it: it.sent(rb'"name": "a{5000}"')),
    _one("Odd version headers", 500, 409, _has_odd_version),
    _one("Methods of API Gateway", 405, 404, lambda it: it.asked("(TRACE|BREW|get) .*")),
    _one("Methods of API Gateway", 405, 403, lambda it: it.asked("(TRACE|BREW|get) .*")),
    _one("Methods of API Gateway", 405, 400, lambda it: it.asked("(BREW|get) .*")),
    _one("Unknown paths", 401, 404, lambda it: it.ours.body == {"detail": "Not Found"}),
    _one("Lists for the UI", 500, 200, lambda it: it.sent(rb'"work_(pools|queues)": \{\}')),
    _one("Settings", 200, 200, lambda it: it.asked("GET /admin/settings")),
    _one("The API document", 200, 200, lambda it: it.asked("GET /openapi.json.*")),
    _one("The API document", 200, 405, lambda it: it.asked("HEAD /openapi.json")),
    _one(
        "The API document", 405, 405, lambda it: it.asked("(POST|PUT|PATCH|DELETE) /openapi.json")
    ),
    _one("Invalid schemas", 500, 409, lambda it: b"valid json schema" in it.ours.content),
    _one("Invalid schemas", 500, 409, lambda it: b"Validation failed" in it.ours.content),
    _one("Invalid schemas", 500, 422, lambda it: it.asked("POST /deployments/?")),
    _one("Invalid schemas", 500, 201, lambda it: it.asked(START) and not it.sent(KIND)),
    _one("Invalid schemas", 500, 204, lambda it: it.asked(UPDATE) and not it.sent(KIND)),
    _one("Invalid placeholders", 500, 400, lambda it: it.sent(KIND)),
    _one("Blocks", 500, 422, lambda it: it.asked("POST /block_schemas/?")),
    _one(POOLS, 500, 422, lambda it: it.asked("POST /work_pools/?") and it.sent(rb'"name": 5')),
    _one("Missing features", 500, 422, _creates_no_object),
    _one("Schedules", 500, 200, lambda it: it.asked(FILL) and it.sent(rb'"max_runs": 7777')),
    _one("Size limits", 201, 413, lambda it: len(it.step.content or b"") > 250_000),
)


RULES = frozenset(
    {
        SLASHES,
        TIES,
        EMPTY_ANSWERS,
        REFUSED_CHANGES,
        POOLS,
        MANY,
        *(kept.rule for kept in DIFFERENCES),
    }
)


def explanation(exchange: Exchange, mismatches: list[Disagreement]) -> str | None:
    """The rule that covers what the two sides answered."""
    if exchange.ours.status == 204 and {m.where for m in mismatches} == {"header content-type"}:
        return EMPTY_ANSWERS
    if exchange.asked("GET /(flow|task)_runs/[^/]+") and [*map(_moved, mismatches)] == [UPDATED]:
        return REFUSED_CHANGES
    if mismatches and all(_is_of_a_pool(exchange, one) for one in mismatches):
        return POOLS
    if exchange.asked(STATE_OF_MANY) and mismatches and all(map(_is_of_another, mismatches)):
        return MANY
    if _differ_in_ties(exchange):
        return TIES
    return next((kept.rule for kept in DIFFERENCES if kept.covers(exchange)), None)


def _is_of_another(mismatch: Disagreement) -> bool:
    """States that several runs got at once share their details on the reference."""
    return mismatch.where.endswith(SHARED)


def _is_of_a_pool(exchange: Exchange, mismatch: Disagreement) -> bool:
    """Whether it is what a poll shows, or what a poll or the end of a pool leaves."""
    is_gone = mismatch.reference is None and isinstance(mismatch.ours, str)
    if exchange.asked(POLL):
        return is_gone and mismatch.where.endswith(".flow_run.work_queue_name")
    if exchange.asked(RUN):
        is_renamed = mismatch.where == "body.work_queue_name" and isinstance(mismatch.ours, str)
        return is_renamed or (is_gone and mismatch.where.removeprefix("body.") in OF_POOL)
    if exchange.asked(SEEN) and (mismatch.reference, mismatch.ours) == ("later", "same"):
        found = re.fullmatch(r"body(?:\[(\d+)\])?\.(updated|last_polled)", mismatch.where)
        return found is not None and _is_in_use(exchange.reference.body, found[1])
    return False


def _is_in_use(shown: Json, index: str | None) -> bool:
    """Whether it is a queue that was polled, or a pool with a worker."""
    one = shown[int(index)] if index and isinstance(shown, list) else shown
    if not isinstance(one, dict):
        return False
    return one.get("last_polled") is not None or one.get("status") == "READY"


def _moved(mismatch: Disagreement) -> tuple[object, ...]:
    return mismatch.where, mismatch.reference, mismatch.ours


def _differ_in_ties(exchange: Exchange) -> bool:
    """Without a criterion, ties are ordered as the contract says."""
    if not exchange.asked("POST /[a-z_]+/(filter|paginate)") or exchange.ours.status != 200:
        return False
    sent = json.loads(exchange.step.content or b"{}") or {}
    criteria = {"task_runs", "flow_runs", "flows", "deployments"} & sent.keys()
    if not criteria:
        return False
    pages = _page(exchange.reference), _page(exchange.ours)
    return differ_in_ties_only(str(sent.get("sort")), *pages)


def _page(answer: Answer) -> Json:
    return answer.body["results"] if isinstance(answer.body, dict) else answer.body
