"""Credentials: which are asked for, and where none are."""

from base64 import b64encode
from collections.abc import Iterator

from tests.conformance.programs import Program, bare, get, patch, post, program, raw, some_id

OPEN = ("/health", "/ready")


def programs(auth: str) -> Iterator[Program]:
    token = b64encode(auth.encode()).decode()
    for number, value in enumerate(_values(token)):
        headers = {} if value is None else {"authorization": value}
        yield program(
            f"credentials {number}",
            *(get(path, **headers) for path in (*OPEN, "/version", "/admin/version", "/nope", "/")),
            get("/csrf-token?client=x", **headers),
            get("/openapi.json", **headers),
            get(f"/task_runs/{some_id(1)}", **headers),
            post("/task_runs/filter", {"limit": 0}, **headers),
            post("/task_runs", {}, **headers),
            patch(f"/task_runs/{some_id(1)}", {}, **headers),
            get("/task_runs/abc", **headers),
            raw("POST", "/task_runs/", b"{", content_type="application/json", **headers),
            bare("PUT", "/task_runs/", **headers),
            *(bare(method, "/health", **headers) for method in ("HEAD", "POST", "OPTIONS")),
            *(get(f"{path}/", **headers) for path in OPEN),
            get("/health?x=1", **headers),
            get("/version", x_prefect_api_version="0.1.0", **headers),
            get("/admin/version", x_prefect_api_version="0.1.0", **headers),
            bare(
                "OPTIONS",
                "/task_runs/",
                origin="http://example.com",
                access_control_request_method="POST",
                **headers,
            ),
            get("/version", origin="http://example.com", **headers),
            locked=True,
        )


def _values(token: str) -> tuple[str | None, ...]:
    return (
        *(None, f"Basic {token}", f"basic {token}", f"BASIC {token}", f"Bearer {token}", token, ""),
        *("Basic", "Basic x", "Basic eDp5", f"Basic  {token}"),
        *(f"Basic {token}x", f"Basic {token}==", f"Basic {token[:-1]}"),
        *(f"Basic {token.lower()}", f"Basic\t{token}", f"Basic {token}, Basic {token}"),
    )
