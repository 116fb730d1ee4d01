"""GET /task_run_states/{id} and /task_run_states/?task_run_id=, and their like for flow runs."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, delete, get, program, some_id
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.values.proposals import (
    FUTURE,
    RUN,
    created,
    deferred,
    forced,
    proposed,
    proposed_for_flow_run,
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

OF_FLOW_RUNS = "/flow_run_states/"
FLOW_RUN_QUERIES = (
    *("", "?flow_run_id", "?flow_run_id=", "?flow_run_id=abc", f"?flow_run_id={some_id(9)}"),
    *("?flow_run_id=<run.id>", "?task_run_id=<run.id>", "?flow_run_id=<run.id>&limit=1"),
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
    yield _of_flow_run()


def _of_flow_run() -> Program:
    return program(
        "flow run states: a history",
        FLOW,
        flow_run(state=state("SCHEDULED", scheduled_time=FUTURE, message="m")).named("run"),
        proposed_for_flow_run(state("PENDING")),
        proposed_for_flow_run(state("RUNNING", name="Mine")).named("second"),
        proposed_for_flow_run(state("COMPLETED", data={"x": 1})),
        created(flow_run_id="<run.id>").named("task run"),
        *(get(f"{OF_FLOW_RUNS}{query}") for query in FLOW_RUN_QUERIES),
        *(get(f"{OF_FLOW_RUNS}<{label}.state.id>") for label in ("run", "second", "task run")),
        *(get(f"{OF_FLOW_RUNS}{identity}") for identity in (some_id(404), "abc", "<run.id>")),
        get(f"{LIST}<run.state.id>"),
        *(bare(method, OF_FLOW_RUNS) for method in ("POST", "PUT", "DELETE", "HEAD")),
        *(bare(method, f"{OF_FLOW_RUNS}<run.state.id>") for method in ("POST", "DELETE")),
        delete("/flow_runs/<run.id>"),
        get(f"{OF_FLOW_RUNS}?flow_run_id=<run.id>"),
        get(f"{OF_FLOW_RUNS}<run.state.id>"),
    )
