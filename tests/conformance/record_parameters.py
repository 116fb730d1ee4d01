"""Record how the reference answers requests about parameters.

    python -m tests.conformance.record_parameters

The cases are in `tests/domain/deployments/parameters.json`, which is written anew with the answers:
the status, and the reason or the parameters of the run.
"""

import json
from typing import Any

import httpx

from tests.conformance import servers
from tests.conformance.patience import patient_client
from tests.support import parameter_cases
from tests.support.parameter_cases import JSON


def record(client: httpx.Client, cases: JSON) -> JSON:
    flow = _made(client.post("/flows/", json={"name": "recorded"}))["id"]
    body = {"flow_id": flow, "enforce_parameter_schema": False}
    free = _made(client.post("/deployments/", json=body | {"name": "free"}))["id"]
    return cases | {
        "schemas": [_by_schema(client, flow, case) for case in cases["schemas"]],
        "placeholders": [
            {"parameters": case["parameters"], "run": _run(client, free, case["parameters"])}
            for case in cases["placeholders"]
        ],
    }


def _by_schema(client: httpx.Client, flow: str, case: JSON) -> JSON:
    asked = {name: case[name] for name in ("name", "schema", "parameters")}
    body = {"flow_id": flow, "parameter_openapi_schema": case["schema"]}
    sent = body | {"parameters": case["parameters"], "enforce_parameter_schema": True}
    created = client.post("/deployments/", json=sent | {"name": f"{case['name']}, enforced"})
    deployment = _made(client.post("/deployments/", json=body | {"name": case["name"]}))["id"]
    return asked | {
        "create": _answer(created),
        "run": _run(client, deployment, case["parameters"]),
        "update": _answer(
            client.patch(f"/deployments/{deployment}", json={"parameters": case["parameters"]})
        ),
    }


def _run(client: httpx.Client, deployment: str, parameters: object) -> list[Any]:
    answer = client.post(
        f"/deployments/{deployment}/create_flow_run", json={"parameters": parameters}
    )
    return [201, answer.json()["parameters"]] if answer.status_code == 201 else _answer(answer)


def _answer(answer: httpx.Response) -> list[Any]:
    if answer.is_success or answer.status_code == 500:
        return [answer.status_code]
    body = answer.json()
    problems = body.get("exception_detail")
    return [answer.status_code, problems[0]["msg"] if problems else body["detail"]]


def _made(answer: httpx.Response) -> JSON:
    made: JSON = answer.raise_for_status().json()
    return made


def main() -> None:
    cases = json.loads(parameter_cases.DATA.read_text("utf-8"))
    with servers.reference() as url, patient_client(url) as client:
        parameter_cases.write(record(client, cases))


if __name__ == "__main__":
    main()
