"""POST /flow_runs/{id}/resume: who may go on, and with what."""

import json
from collections.abc import Iterator

from tests.conformance.programs import Program, RequestStep, get, post, program, raw, some_id
from tests.conformance.tables.runs.flow_run_states import DEPLOYED, READ, SUSPENDED
from tests.conformance.tables.runs.flow_runs import FLOW, flow_run
from tests.conformance.tables.values.proposals import (
    FUTURE,
    PAST,
    RUN,
    Body,
    created,
    forced,
    reads,
    state,
)
from tests.conformance.tables.values.proposals import proposed_for_flow_run as proposed
from tests.conformance.tables.values.states import TYPES

PATH = "/flow_runs/<run.id>/resume"
KEYSET = {"schema": "p-schema", "response": "p-response", "description": "p-description"}
RUNNING, PAUSED = state("RUNNING"), state("PAUSED", pause_timeout=FUTURE)
ASKING = state("PAUSED", pause_timeout=FUTURE, run_input_keyset=KEYSET)
STARTED = flow_run(state=RUNNING).named("run")
SCHEMA = {
    "type": "object",
    "properties": {"x": {"type": "integer", "title": "x"}},
    "required": ["x"],
}
FREE = {"type": "object", "properties": {"x": {"default": 5}}}
BODIES: tuple[object, ...] = (
    *({}, None, [], 5, "x", {"run_input": None}, {"run_input": 5}, {"run_input": []}),
    *({"run_input": {"x": 1}}, {"zzz": 5}, {"run_input": {}, "zzz": 5}),
)
ANSWERS: tuple[object, ...] = (
    *(None, {}, {"x": "a"}, {"x": 1.5}, {"y": 1}, {"x": None}, {"x": True}),
    *({"x": 1}, {"x": 2.0}, {"x": 1, "y": [1, {"é": None}, 1e16, 0.1, True, ""]}),
)


def _standing(kind: str | None, **given: object) -> Body:
    """Return the value of an answer that stands for another one."""
    return {"__prefect_kind": kind, **given}


TEXTS: tuple[object, ...] = ("5", "{", 5, None, "NaN", '{"a": "b"}', _standing("none", value="[1]"))
STANDING: tuple[object, ...] = (
    *(_standing("json", value=value) for value in TEXTS),
    *map(_standing, ("json", "none", "jinja", "workspace_variable", "q", None)),
    *(_standing(kind, value=5) for kind in ("none", "q", None)),
    _standing("jinja", template="5"),
    _standing("workspace_variable", variable_name="v"),
)
SCHEMAS: tuple[str, ...] = (
    *("no json", "", "{}", '{"type": "object", "required": ["y"]}', '{"$ref": "#"}'),
    *(json.dumps(FREE), '{"type": "object", "additionalProperties": false}', '{"type": "string"}'),
    *("5", "[]", "null", '"x"', '{"type": "nonsense"}', '{"properties": {"x": 5}}'),
)
KEYSETS: tuple[object, ...] = (
    *(
        {},
        None,
        {"schema": "p-schema", "response": "p-response"},
        {"schema": "nothing", "response": "r"},
    ),
    *({"response": "p-response"}, {"schema": "p-schema"}, {"schema": "p-schema", "response": "P"}),
)


def programs() -> Iterator[Program]:
    for number, kind in enumerate(TYPES):
        ran = flow_run(state=state(kind)).named("run")
        yield program(
            f"resume: from {kind} {number}", FLOW, ran, *_resumed({}), *_resumed({"x": 1})
        )
    for number, body in enumerate(BODIES):
        yield _of_paused(f"body {number}", post(PATH, body), READ)
    yield _of_paused("content", raw("POST", PATH, b""), raw("POST", PATH, b"{"), post(PATH, {}))
    yield program(
        "resume: nobody", *(post(f"/flow_runs/{run}/resume", {}) for run in (some_id(1), "abc"))
    )
    yield _of_paused("other methods", get(PATH), get(f"{PATH}/"))
    yield from _pauses()
    yield from _answers()
    yield from _again()


def _pauses() -> Iterator[Program]:
    overdue = state("PAUSED", pause_timeout=PAST)
    late = {"pause_timeout": PAST, "pause_reschedule": True, "pause_key": "k"}
    for name, paused in {
        "for good": state("PAUSED"),
        "too long": overdue,
        "suspended": SUSPENDED,
        "suspended too long": state("PAUSED", name="Suspended", **late),
    }.items():
        ran = flow_run(state=RUNNING, **DEPLOYED).named("run")
        steps = (proposed(paused), post(PATH, {}), READ, post(PATH, {}), READ)
        going_on = (proposed(state("PENDING")), proposed(RUNNING), READ)
        yield program(f"resume: paused {name}", FLOW, ran, *steps, *going_on)
    yield program(
        "resume: a subflow run",
        *(
            FLOW,
            created(),
            flow_run(parent_task_run_id=RUN, name="FR 2", state=RUNNING).named("run"),
        ),
        *(proposed(PAUSED), post(PATH, {}), READ, *reads()),
    )


def _answers() -> Iterator[Program]:
    for number, answer in enumerate(ANSWERS):
        yield _answered(f"answer {number}", json.dumps(SCHEMA), answer)
    for number, stands in enumerate(STANDING):
        yield _answered(f"stands for another {number}", json.dumps(SCHEMA), {"x": stands})
        yield _answered(f"stands for anything {number}", json.dumps(FREE), {"x": [stands]})
    for number, schema in enumerate(SCHEMAS):
        yield _answered(f"schema {number}", schema, {"x": 1})
    yield _answered("nothing", json.dumps(FREE), None)
    for number, keyset in enumerate(KEYSETS):
        paused = state("PAUSED", pause_timeout=FUTURE, run_input_keyset=keyset)
        asked = (proposed(paused), _given("p-schema", json.dumps(FREE)))
        yield program(f"resume: keys {number}", FLOW, STARTED, *asked, *_resumed({"x": 1}), _all())
    yield program("resume: no schema", FLOW, STARTED, proposed(ASKING), *_resumed({"x": 1}), _all())
    taken = (_given("p-schema", json.dumps(SCHEMA)), _given("p-response", "old"))
    yield program(
        "resume: answered before",
        *(FLOW, STARTED, proposed(ASKING), *taken, *_resumed({"x": 1}), _all(), *_resumed({})),
    )


def _again() -> Iterator[Program]:
    """A pause that follows another one, and what was given for that."""
    asking = {
        "again": ASKING,
        "by a key that fired": state("PAUSED", pause_key="k", run_input_keyset=KEYSET),
        "under other keys": state("PAUSED", run_input_keyset={"schema": "q", "response": "r"}),
        "under odd keys": state("PAUSED", run_input_keyset={"a": "NO", "b": "p-response", "c": ""}),
        "forced": forced(ASKING),
    }
    given = (_given("p-schema", json.dumps(SCHEMA)), _given("q", json.dumps(SCHEMA)))
    for name, paused in asking.items():
        first = state("PAUSED", pause_key="k", run_input_keyset=KEYSET)
        steps = (*given, *_resumed({"x": 1}), proposed(paused), _all(), *_resumed({"x": 2}), _all())
        yield program(f"resume: {name}, paused before", FLOW, STARTED, proposed(first), *steps)
    early = (*given, proposed(ASKING), _all(), *_resumed({"x": 1}))
    yield program("resume: given before the pause", FLOW, STARTED, *early)


def _answered(name: str, schema: str, *answers: object) -> Program:
    asked = (FLOW, STARTED, proposed(ASKING), _given("p-schema", schema))
    resumed = (step for answer in answers for step in _resumed(answer))
    return program(f"resume: {name}", *asked, *resumed, _all())


def _of_paused(name: str, *steps: RequestStep) -> Program:
    return program(f"resume: {name}", FLOW, STARTED, proposed(PAUSED), *steps)


def _resumed(answer: object) -> tuple[RequestStep, ...]:
    read = get("/flow_runs/<run.id>/input/p-response")
    return post(PATH, {"run_input": answer}), READ, read


def _given(key: str, value: str) -> RequestStep:
    return post("/flow_runs/<run.id>/input", {"key": key, "value": value})


def _all() -> RequestStep:
    return post("/flow_runs/<run.id>/input/filter", {"prefix": "", "limit": -1})
