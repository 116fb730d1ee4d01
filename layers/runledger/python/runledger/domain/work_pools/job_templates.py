"""Base job templates: a job's configuration with placeholders, and the schema of its variables.

See docs/contract/work-pools.md 1.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from runledger.domain.deployments import parameters
from runledger.domain.errors import Invalid, Mismatch, NotFound

PLACEHOLDER = re.compile(r"{{\s*([\w.\-\[\]$]+)\s*}}")

Schema = Mapping[str, Any]
# The data of block documents, without secrets.
BlockData = Mapping[UUID, Mapping[str, Any]]

NO_BLOCK = "Block not found."
NO_TEMPLATE = (
    "The `base_job_template` must contain both a `job_configuration` key and a `variables` key."
)
UNDECLARED = (
    "The variables specified in the job configuration template must be present as properties in"
    " the variables schema. Your job configuration uses the following undeclared variable(s): "
)


def check_template(template: Mapping[str, Any]) -> None:
    """Check that a template declares the variables that it uses.

    Raises:
        ValueError: it does not.
    """
    if not template:
        return
    job, variables = template.get("job_configuration"), template.get("variables")
    if not job or not variables:
        raise ValueError(NO_TEMPLATE)
    if not isinstance(job, dict) or not isinstance(variables, dict):
        # The reference fails at these.
        raise ValueError("`job_configuration` and `variables` must be objects.")  # noqa: TRY004
    declared = variables.get("properties", {})
    used = dict.fromkeys(PLACEHOLDER.findall(json.dumps([*job.values()])))
    undeclared = [name for name in used if name not in declared]
    if undeclared:
        raise ValueError(f"{UNDECLARED}{' ,'.join(undeclared)}.")


def variables_schema(template: Mapping[str, Any]) -> Schema | None:
    """Return the schema of a template's variables.

    Raises:
        Invalid: it is not a schema.
    """
    schema: Schema | None = template.get("variables")
    if not schema:
        return None
    from runledger.domain.deployments import json_schemas  # noqa: PLC0415 - its docstring says why

    fault = json_schemas.schema_fault(schema)
    if fault is not None:
        raise Invalid(f"Invalid schema: {fault}" if fault else "Invalid schema.")
    return schema


def named_blocks(schema: Schema) -> list[UUID]:
    """Return the ids of the block documents that are defaults of variables.

    Raises:
        NotFound: one is no id.
    """
    found = (_block_id(default) for _, default in _declared_defaults(schema))
    return [block_id for block_id in found if block_id]


def check_defaults(schema: Schema, blocks: BlockData) -> None:
    """Check the defaults of variables by their schema; `blocks` has those that it names.

    Raises:
        Invalid: they break it.
        NotFound: a block is missing.
    """
    try:
        _check(dict(_defaults(schema, blocks)), schema, complete=False)
    except Mismatch as mismatch:
        text = f"Validation failed for work pool's job variable defaults: {mismatch}"
        raise Invalid(text) from mismatch


def check_job_variables(
    schema: Schema,
    *layers: Mapping[str, Any] | None,
    blocks: BlockData,
    doing: str,
    complete: bool,
) -> None:
    """Check job variables by the schema of a template; later layers replace earlier ones.

    Defaults that break the schema count as missing, and required variables may then be missing.
    `doing` begins the error's text: "creating deployment".

    Raises:
        Invalid: the variables break the schema.
        NotFound: a block that is a default is missing.
    """
    known = dict(_defaults(schema, blocks))
    valid = {name: value for name, value in known.items() if _is_valid(name, value, schema)}
    given = dict(valid)
    for layer in layers:
        given |= layer or {}
    try:
        _check(given, schema, complete=complete and len(valid) == len(known))
    except Mismatch as mismatch:
        raise Invalid(f"Error {doing}: {mismatch}") from mismatch


def _defaults(schema: Schema, blocks: BlockData) -> Iterator[tuple[str, Any]]:
    """Yield the default of each variable that has one: of a block, its data.

    Raises:
        NotFound: a block is missing.
    """
    for name, default in _declared_defaults(schema):
        block_id = _block_id(default)
        if block_id and block_id not in blocks:
            raise NotFound(NO_BLOCK)
        if block_id:
            yield name, blocks[block_id]
        elif not _is_reference(default):
            yield name, default


def _declared_defaults(schema: Schema) -> Iterator[tuple[str, Any]]:
    for name, attributes in (schema.get("properties") or {}).items():
        if isinstance(attributes, dict) and "default" in attributes:
            yield name, attributes["default"]


def _is_reference(default: object) -> bool:
    return isinstance(default, dict) and "$ref" in default


def _block_id(default: Any) -> UUID | None:  # noqa: ANN401 - any JSON
    """Return the id of the block document to which a default refers, if it refers to one."""
    target = default["$ref"] if _is_reference(default) else None
    spelled = target.get("block_document_id") if isinstance(target, dict) else None
    if spelled is None:
        return None
    try:
        return UUID(str(spelled))
    except ValueError:
        raise NotFound(NO_BLOCK) from None


def _is_valid(name: str, value: object, schema: Schema) -> bool:
    from runledger.domain.deployments import json_schemas  # noqa: PLC0415

    try:
        json_schemas.check_by_latest_draft({name: value}, parameters.without_required(schema))
    except Mismatch:
        return False
    return True


def _check(given: Mapping[str, Any], schema: Schema, *, complete: bool) -> None:
    from runledger.domain.deployments import json_schemas  # noqa: PLC0415

    known = parameters.amended(schema, null_for_default=True)
    json_schemas.check_by_latest_draft(
        given, known if complete else parameters.without_required(known)
    )
