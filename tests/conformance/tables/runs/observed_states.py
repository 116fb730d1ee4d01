"""GET /observed-states: what runs have been in, by its query, and what deletions leave of it."""

from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, bare, delete, get, program
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.values.proposals import (
    RUN,
    created,
    forced,
    proposed,
    proposed_for_flow_run,
    state,
)

PATH = "/observed-states"
QUERIES = (
    *("", "?", "?limit", "?limit=", "?limit=0", "?limit=1", "?limit=2", "?limit=200", "?limit=201"),
    *(
        "?limit=-1",
        "?limit=x",
        "?limit=1.0",
        "?limit=1.5",
        "?limit=1e1",
        "?limit=+5",
        "?limit=%205",
    ),
    *("?limit=1&limit=2", "?limit=2&limit=1", "?LIMIT=1", "?limit=9999999999999999999999"),
    *("?order_by=NAME_ASC", "?order_by=LAST_SEEN_DESC", "?order_by=name_asc", "?order_by="),
    *("?order_by=NAME_DESC", "?order_by=NAME_ASC&limit=2", "?order_by=NAME_ASC&order_by=x"),
    *(
        "?query",
        "?query=",
        "?query=%20%20",
        "?query=p",
        "?query=P",
        "?query=pend",
        "?query=%20Mi%20",
    ),
    *("?query=%25", "?query=_", "?query=%2F", "?query=%5C", "?query=%C3%84", "?query=%C3%A4"),
    *("?query=M%25", "?query=m_ne", "?query=Mine%20", "?query=ine", "?query=%00", "?query=%FF"),
    *(f"?query={'a' * 100}", f"?query={'a' * 101}", f"?query={'%20' * 101}"),
    *(f"?query={'%F0%9F%98%80' * 100}", f"?query={'%F0%9F%98%80' * 101}", "?query=a&query=P"),
    *("?zzz=5", f"?limit=0&order_by=x&query={'a' * 101}", "?query=Lang&limit=1"),
)
NAMES = ("Mine", "mine", "M%ne", "M_ne", "Äh", "äh", "/x", "\\x", " x", "#1", "😀")


def programs() -> Iterator[Program]:
    yield program("observed states: nothing", *map(_asked, QUERIES))
    yield program("observed states: by query", *_history(), *map(_asked, QUERIES))
    yield program(
        "observed states: deletions",
        *_history(),
        delete(f"/task_runs/{RUN}"),
        *map(_asked, QUERIES[:3]),
        delete("/flow_runs/<run.id>"),
        *map(_asked, QUERIES[:3]),
    )
    methods = ("POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
    yield program("observed states: methods", *(bare(method, PATH) for method in methods))
    odd = get(PATH, x_prefect_api_version="0.1.0"), get(f"{PATH}/x"), get("/observed_states")
    yield program("observed states: conventions", *odd)


def _asked(query: str) -> RequestStep:
    return get(f"{PATH}{query}")


def _history() -> Iterator[RequestStep]:
    yield FLOW
    yield flow_run(state=state("SCHEDULED")).named("run")
    yield proposed_for_flow_run(state("PENDING"))
    yield created(state("PENDING", name="Mine"))
    for name in NAMES:
        yield proposed(forced(state("RUNNING", name=name)))
    yield proposed_for_flow_run(state("RUNNING"))
    yield proposed(state("COMPLETED", name="Mine"))
