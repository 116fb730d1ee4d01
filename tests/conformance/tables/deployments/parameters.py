"""The recorded cases of parameters (`tests/domain/deployments/parameters.json`), asked of both."""

from collections.abc import Iterator

from tests.conformance.programs import Program, get, patch, post, program
from tests.conformance.tables.deployments.deployments import FLOW, PATH, START, deployment
from tests.support.parameter_cases import JSON, recorded


def programs() -> Iterator[Program]:
    cases = recorded()
    for case in cases["schemas"]:
        yield _of_schema(f"parameters: {case['name']}", case)
    for number, case in enumerate(cases["placeholders"]):
        yield _of_placeholder(f"placeholder {number}", case["parameters"])


def _of_schema(name: str, case: JSON) -> Program:
    schema, parameters = case["schema"], case["parameters"]
    return program(
        name,
        FLOW,
        deployment(
            parameter_openapi_schema=schema, parameters=parameters, enforce_parameter_schema=True
        ),
        deployment(parameter_openapi_schema=schema),
        post(START, {"parameters": parameters}),
        patch(PATH, {"parameters": parameters}),
    )


def _of_placeholder(name: str, parameters: JSON) -> Program:
    return program(
        name,
        FLOW,
        deployment(enforce_parameter_schema=False),
        post(START, {"parameters": parameters}),
        patch(PATH, {"parameters": parameters}),
        get(PATH),
    )
