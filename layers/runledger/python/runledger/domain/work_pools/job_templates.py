"""Base job templates: a job's configuration with placeholders, and the schema of its variables.

See docs/contract/work-pools.md 1.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from runledger.domain.deployments import parameters
from runledger.domain.errors import Invalid, Mismatch, NotFound

PLACEHOLDER = re.compile(r"{{\s*([\w.\-\[\]$]+)\s*}}")

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


def check_defaults(template: Mapping[str, Any]) -> None:
    """Check the defaults of a template's variables by their schema.

    Raises:
        Invalid: they break it, or it is not a schema.
        NotFound: a default refers to a block document.
    """
    schema = _schema(template)
    if schema is None:
        return
    try:
        _check(dict(_defaults(schema)), schema, complete=False)
    except Mismatch as mismatch:
        text = f"Validation failed for work pool's job variable defaults: {mismatch}"
        raise Invalid(text) from mismatch


def check_job_variables(
    template: Mapping[str, Any], *layers: Mapping[str, Any] | None, doing: str, complete: bool
) -> None:
    """Check job variables by the schema of a template; later layers replace earlier ones.

    Defaults that break the schema count as missing, and required variables may then be missing.
    `doing` begins the error's text: "creating deployment".

    Raises:
        Invalid: the variables break the schema, or it is not a schema.
    """
    schema = _schema(template)
    if schema is None:
        return
    known = dict(_defaults(schema))
    valid = {name: value for name, value in known.items() if _is_valid(name, value, schema)}
    given = dict(valid)
    for layer in layers:
        given |= layer or {}
    try:
        _check(given, schema, complete=complete and len(valid) == len(known))
    except Mismatch as mismatch:
        raise Invalid(f"Error {doing}: {mismatch}") from mismatch


def _schema(template: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the schema of a template's variables.

    Raises:
        Invalid: it is not a schema.
    """
    schema: dict[str, Any] | None = template.get("variables")
    if not schema:
        return None
    from runledger.domain.deployments import json_schemas  # noqa: PLC0415 - its docstring says why

    json_schemas.check_variables_schema(schema)
    return schema


def _defaults(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the default of each variable that has one.

    Raises:
        NotFound: it refers to a block document: defaults of blocks are not read.
    """
    for name, attributes in (schema.get("properties") or {}).items():
        if not isinstance(attributes, dict) or "default" not in attributes:
            continue
        default = attributes["default"]
        if not isinstance(default, dict) or "$ref" not in default:
            yield name, default
        elif isinstance(default["$ref"], dict) and default["$ref"].get("block_document_id"):
            raise NotFound("Block not found.")


def _is_valid(name: str, value: object, schema: Mapping[str, Any]) -> bool:
    from runledger.domain.deployments import json_schemas  # noqa: PLC0415

    try:
        json_schemas.check_by_latest_draft({name: value}, parameters.without_required(schema))
    except Mismatch:
        return False
    return True


def _check(given: Mapping[str, Any], schema: Mapping[str, Any], *, complete: bool) -> None:
    from runledger.domain.deployments import json_schemas  # noqa: PLC0415

    known = parameters.amended(schema, null_for_default=True)
    json_schemas.check_by_latest_draft(
        given, known if complete else parameters.without_required(known)
    )
