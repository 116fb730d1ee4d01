"""GET /task_run_states/{id} and /task_run_states/?task_run_id=."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, delete, get, program, some_id
from tests.conformance.tables.proposals import (
    FUTURE,
    RUN,
    created,
    deferred,
    forced,
    proposed,
    state,
)

LIST = "/task_run_states/"
QUERIES = (
    *("", "?", "?task_run_id", "?task_run_id=", "?task_run_id=abc", f"?task_run_id={some_id(9)}"),
    *(f"?task_run_id={RUN.upper()}", f"?task_run_id={RUN.replace('-', '')}"),
    *(f"?task_run_id=%7B{RUN}%7D", f"?task_run_id=urn:uuid:{RUN}", f"?task_run_id={RUN}%20"),
    *(
        f"?task_run_id={RUN}&task_run_id={some_id(9)}",
        f"?task_run_id={some_id(9)}&task_run_id={RUN}",
    ),
    *(f"?task_run_id={RUN}&limit=1&offset=1", f"?TASK_RUN_ID={RUN}", f"?task_run_id={RUN};x=1"),
    *(f"?task_run_id={RUN[:-1]}", f"?task_run_id=({RUN})", "?task_run_id=null", "?task_run_id=5"),
    *("?task_run_id=%FF", "?task_run_id=a+b", f"?task%5Frun_id={RUN}", f"?&&task_run_id={RUN}&"),
)
IDS = (
    *(some_id(404), "abc", "5", "<made.state.id>x", "%7B<made.state.id>%7D", RUN),
    some_id(404).replace("-", ""),
)


def programs() -> Iterator[Program]:
    yield program(
        "task run states: a history",
        created(state("SCHEDULED", scheduled_time=FUTURE, message="m")).named("made"),
        proposed(state("RUNNING")),
        proposed(state("PENDING", name="Mine")).named("second"),
        proposed(forced(state("RUNNING", transition_id=some_id(5)))).named("third"),
        proposed(state("FAILED", data={"x": 1})).named("retried"),
        proposed(deferred("COMPLETED", data=[1])).named("last"),
        proposed(state("CRASHED")),
        *(get(f"{LIST}{query}") for query in QUERIES),
        *(get(f"{LIST}<{label}.state.id>") for label in ("made", "second", "third", "last")),
        *(get(f"{LIST}{identity}") for identity in IDS),
        get(f"{LIST}<made.state.id>?task_run_id=abc"),
        get(f"{LIST}<made.state.id>/"),
        get(f"/task_run_states?task_run_id={RUN}"),
        *(bare(method, LIST) for method in ("POST", "PUT", "DELETE", "HEAD", "OPTIONS")),
        *(bare(method, f"{LIST}<made.state.id>") for method in ("POST", "DELETE", "PATCH")),
        get(LIST, x_prefect_api_version="0.1.0"),
        get(f"{LIST}{some_id(404)}", x_prefect_api_version="0.1.0"),
        delete(f"/task_runs/{RUN}"),
        get(f"{LIST}?task_run_id={RUN}"),
        get(f"{LIST}<made.state.id>"),
    )
    yield program(
        "task run states: the first one",
        created().named("made"),
        get(f"{LIST}?task_run_id={RUN}"),
        get(f"{LIST}<made.state.id>"),
    )
    yield program(
        "task run states: many",
        created(state("RUNNING")),
        *(proposed(state("RUNNING", name=str(number), message="m" * 300)) for number in range(60)),
        get(f"{LIST}?task_run_id={RUN}"),
    )
