"""Base job templates and job variables, as the reference validates them."""

import json
import re
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest

from runledger.domain.errors import Invalid, NotFound
from runledger.domain.work_pools import worker_types
from runledger.domain.work_pools.job_templates import (
    BlockData,
    check_defaults,
    check_job_variables,
    check_template,
    named_blocks,
    variables_schema,
)
from runledger.domain.work_pools.worker_type import WorkerType

Json = dict[str, Any]
BLOCK = UUID(int=5)


def template(**properties: Json) -> Json:
    job = {name: f"{{{{ {name} }}}}" for name in properties}
    return {"job_configuration": job, "variables": {"properties": properties}}


def check_pool(given: Json, blocks: BlockData | None = None) -> None:
    """Check a template's defaults as those of a new pool are checked."""
    schema = variables_schema(given)
    if schema:
        check_defaults(schema, blocks or {})


def check_variables(
    given: Json, *layers: Json | None, complete: bool, blocks: BlockData | None = None
) -> None:
    schema = variables_schema(given)
    assert schema
    doing = "creating flow run" if complete else "creating deployment"
    check_job_variables(schema, *layers, blocks=blocks or {}, doing=doing, complete=complete)


def naming(reference: object) -> Json:
    """Return a template with a default that refers to something."""
    return template(x={"type": "object", "default": {"$ref": reference}}, y={"default": None})


NUMBER = template(count={"type": "integer", "default": 1}, name={"type": "string"})


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"variables": {}}, "must contain both"),
        ({"job_configuration": {"a": "b"}}, "must contain both"),
        ({"job_configuration": ["a"], "variables": {"properties": {}}}, "must be objects"),
        ({"job_configuration": {"a": "{{ x }}{{ y }}"}, "variables": {"type": "object"}}, "x ,y."),
        (
            {
                "job_configuration": {"a": [{"b": "{{x.y}}"}]},
                "variables": {"properties": {"x": {}}},
            },
            "x.y",
        ),
    ],
)
def test_a_template_declares_its_variables(given: Json, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_template(given)


@pytest.mark.parametrize("given", [{}, NUMBER])
def test_a_template_that_does_is_taken(given: Json) -> None:
    check_template(given)
    check_pool(given)


@pytest.mark.parametrize("known", worker_types.WORKER_TYPES, ids=lambda known: known.type)
def test_our_own_templates_are_valid(known: WorkerType) -> None:
    described = known.described()["default_base_job_configuration"]
    check_template(described)
    check_pool(described)


@pytest.mark.parametrize("known", worker_types.WORKER_TYPES, ids=lambda known: known.type)
def test_a_type_has_a_logo_without_which_the_ui_does_not_offer_it(known: WorkerType) -> None:
    kind, _, drawing = known.described()["logo_url"].partition(",")
    assert kind == "data:image/svg+xml"
    assert f">{known.display_name[0]}</text>" in unquote(drawing)


@pytest.mark.parametrize("known", worker_types.WORKER_TYPES, ids=lambda known: known.type)
def test_each_variable_stands_in_the_job_and_the_job_names_no_other(known: WorkerType) -> None:
    described = known.described()["default_base_job_configuration"]
    named = set(re.findall(r"{{ (\w+) }}", json.dumps(described["job_configuration"])))
    assert named == set(described["variables"]["properties"])


def test_a_view_of_collections_is_known_by_its_name() -> None:
    assert (worker_types.view("demo-flows"), worker_types.view("nothing")) == ({}, None)
    found = worker_types.view("aggregate-worker-metadata")
    assert found is not None
    assert found["prefect"]["process"]["type"] == "process"


@pytest.mark.parametrize(
    ("variable", "reason"),
    [
        ({"type": "string", "default": 1}, "for work pool's job variable defaults: .* field 'x'"),
        ({"type": "nonsense"}, "Invalid schema: 'nonsense'"),
    ],
)
def test_defaults_fit_their_schema(variable: Json, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        check_pool(template(x=variable))


@pytest.mark.parametrize("broken", [{"properties": {"x": {"pattern": "("}}, "$ref": 5}])
def test_a_schema_that_nobody_understands_is_refused(broken: Json) -> None:
    with pytest.raises(Invalid):
        check_pool({"job_configuration": {"a": "b"}, "variables": broken})


@pytest.mark.parametrize("spelled", [BLOCK, BLOCK.hex, f"{{{BLOCK}}}"])
def test_a_default_may_be_the_data_of_a_block(spelled: object) -> None:
    given = naming({"block_document_id": str(spelled)})
    schema = variables_schema(given)
    assert schema
    assert named_blocks(schema) == [BLOCK]
    check_pool(given, {BLOCK: {"a": 1}})
    with pytest.raises(NotFound, match="Block not found"):
        check_pool(given)
    given["variables"]["properties"]["x"]["properties"] = {"a": {"type": "string"}}
    with pytest.raises(Invalid, match="1 is not valid"):
        check_pool(given, {BLOCK: {"a": 1}})


@pytest.mark.parametrize("spelled", ["", "x", 5])
def test_a_default_can_not_be_a_block_that_has_no_id(spelled: object) -> None:
    schema = variables_schema(naming({"block_document_id": spelled}))
    assert schema
    with pytest.raises(NotFound, match="Block not found"):
        named_blocks(schema)


@pytest.mark.parametrize("reference", [{"other": "y"}, {"block_document_id": None}, {}, 5])
def test_a_default_that_refers_to_nothing_is_none(reference: object) -> None:
    schema = variables_schema(naming(reference))
    assert schema
    assert named_blocks(schema) == []
    # A text would break the schema.
    check_defaults(schema, {})


@pytest.mark.parametrize("given", [{"count": 2}, {"count": None}, {"more": 1}, None])
def test_job_variables_may_be_left_out(given: Json | None) -> None:
    check_variables(NUMBER, given, complete=False)


def test_job_variables_fit_the_schema_of_the_pool() -> None:
    with pytest.raises(Invalid, match=r"^Error creating flow run: .*'count'.*'two' is not valid"):
        check_variables(NUMBER, {"count": 1}, {"count": "two"}, complete=True)


def test_a_block_gives_a_variable_that_is_required() -> None:
    given = naming({"block_document_id": str(BLOCK)})
    given["variables"]["required"] = ["x"]
    check_variables(given, complete=True, blocks={BLOCK: {"a": 1}})
    with pytest.raises(NotFound, match="Block not found"):
        check_variables(given, {"x": {}}, complete=True)


@pytest.mark.parametrize(("default", "is_complete"), [(1, False), ("one", True)])
def test_what_is_required_may_be_missing_where_a_default_is_broken(
    default: object, *, is_complete: bool
) -> None:
    known = template(count={"type": "integer", "default": default}, name={"type": "string"})
    known["variables"]["required"] = ["name"]
    if is_complete:
        check_variables(known, complete=True)
    else:
        with pytest.raises(Invalid, match="'name' is a required property"):
            check_variables(known, complete=True)


def test_a_template_without_variables_has_no_schema() -> None:
    assert variables_schema({"job_configuration": {}}) is None
