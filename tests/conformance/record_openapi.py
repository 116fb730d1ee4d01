"""Record the facts of the reference's OpenAPI document that ours is compared with.

python -m tests.conformance.record_openapi
"""

import json

import httpx

from tests.conformance import servers
from tests.openapi.facts import RECORDED, facts
from tests.support.declared import DOCUMENT

# The reference makes its document at the first request.
SECONDS = 60


def main() -> None:
    with servers.reference() as url:
        answer = httpx.get(f"{url}/openapi.json", timeout=SECONDS)
        theirs = facts(answer.raise_for_status().json())
    ours = facts(DOCUMENT)
    shared = {
        kind: {name: theirs[kind][name] for name in sorted(ours[kind]) if name in theirs[kind]}
        for kind in theirs
    }
    lines = (
        f'"{kind}": {{\n' + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in found.items()) + "\n}"
        for kind, found in shared.items()
    )
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


if __name__ == "__main__":
    main()
