"""Record the facts of the reference's OpenAPI document, with which ours is compared.

python -m tests.conformance.record_openapi
"""

import json

import httpx

from tests.conformance import servers
from tests.openapi.facts import RECORDED, facts

# The reference makes its document at the first request.
SECONDS = 60


def main() -> None:
    with servers.reference() as url:
        answer = httpx.get(f"{url}/openapi.json", timeout=SECONDS)
        theirs = facts(answer.raise_for_status().json())
    lines = (
        f'"{kind}": {{\n'
        + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in sorted(found.items()))
        + "\n}"
        for kind, found in theirs.items()
    )
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
