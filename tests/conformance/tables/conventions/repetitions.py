"""Headers and parameters that are repeated, and texts that are longer than a key may be."""

from collections.abc import Iterator

from tests.conformance.programs import Program, bare, get, post, program, some_id

RUN = some_id(0xABC)
JSON_TYPE = "application/json"


def programs() -> Iterator[Program]:
    yield from (_repeated_headers(), _repeated_parameters(), _long_texts())


def _repeated_headers() -> Program:
    """The first of each counts."""
    version, kind = "x-prefect-api-version", "content-type"
    versions = (("0.1.0", "0.8.4"), ("0.8.4", "0.1.0"), ("", "0.1.0"), ("abc", "0.8.4", "0.8.4"))
    kinds = (
        ("text/plain", JSON_TYPE),
        (JSON_TYPE, "text/plain"),
        (JSON_TYPE,) * 2,
        ("", JSON_TYPE),
    )
    return program(
        "repeated headers",
        *(post("/task_runs/filter", {"limit": 0}).repeating(version, *said) for said in versions),
        *(get("/flows/name/x").repeating(version, *said) for said in versions),
        *(post("/flows/", {"name": "F 1"}).repeating(kind, *said) for said in kinds),
        *(post("/task_runs/filter", {"limit": 0}).repeating(kind, *said) for said in kinds),
    )


def _repeated_parameters() -> Program:
    """The last of each counts."""
    asked = (("x", RUN), (RUN, "x"), ("x", "y", RUN), (RUN, ""))
    return program(
        "repeated parameters of a query",
        *(
            get(f"/{kind}_states/?" + "&".join(f"{kind}_id={value}" for value in values))
            for kind in ("task_run", "flow_run")
            for values in asked
        ),
    )


def _long_texts() -> Program:
    """Longer than a key of DynamoDB's, in bytes or in letters."""
    texts = [
        letter * count for letter in ("k", "%C3%A9", "%F0%9F%98%80") for count in (341, 1017, 2049)
    ]
    given = {"prefix": "k" * 3000, "limit": 5}
    return program(
        "long texts in paths",
        post("/flows/", {"name": "F 1"}).named("flow"),
        post("/flow_runs/", {"flow_id": "<flow.id>", "name": "FR 1"}).named("run"),
        *(
            bare(method, f"/flow_runs/<run.id>/input/{text}")
            for text in texts
            for method in ("GET", "DELETE")
        ),
        post("/flow_runs/<run.id>/input/filter", given),
        *(get(f"/flows/name/{text}") for text in texts),
        *(get(f"/deployments/name/{text}/{text}") for text in texts),
        *(get(f"/concurrency_limits/tag/{text}") for text in texts),
        *(get(f"/v2/concurrency_limits/{text}") for text in texts),
    )
