"""`prefect transfer`, from a Prefect server of its own into the API and back."""

import re
from collections.abc import Mapping
from dataclasses import replace

from tests.conformance import servers
from tests.conformance.clients.scene import Check, ClientScene, Json, contains, succeeds

PROFILES = """
active = "there"

[profiles.there]
PREFECT_API_URL = "{there}"

[profiles.here]
PREFECT_API_URL = "{here}"

[profiles.back]
PREFECT_API_URL = "{back}"
"""
BLOCKS = ("shop", "mine")


def moves_in_and_out(scene: ClientScene) -> None:
    with servers.reference() as there, servers.reference() as back:
        text = PROFILES.format(there=there, here=scene.stock.url, back=back)
        (scene.stock.home / "profiles.toml").write_text(text, encoding="utf-8")
        source, target = _of(scene, there), _of(scene, back)
        succeeds(source.stock.run("stocked"))
        expected = _shown(source)
        for one, other, moved in (("there", "here", scene), ("here", "back", target)):
            _transfer(scene, one, other)
            assert _shown(moved) == expected, other
        _transfer(scene, "there", "here")
        assert _shown(scene) == expected


CHECKS: Mapping[str, Check] = {
    "prefect transfer moves a server's objects in, and out again": moves_in_and_out,
}


def _of(scene: ClientScene, url: str) -> ClientScene:
    return ClientScene(replace(scene.stock, url=url))


def _transfer(scene: ClientScene, one: str, other: str) -> None:
    """Nothing fails; where an API is told by the environment, profiles are not asked."""
    ran = replace(scene.stock, url="").prefect("transfer", "--from", one, "--to", other)
    succeeds(ran)
    contains(ran.out, "Transfer Results")
    assert not re.search(r"failed|error", ran.out, re.IGNORECASE), ran.as_text()


def _shown(scene: ClientScene) -> Json:
    """All that was moved, without what each server gives of its own."""
    deployment = scene.get("/deployments/name/stocked/nightly")
    pool = scene.get("/work_pools/machines")
    limit = scene.get("/v2/concurrency_limits/db")
    blocks = scene.post("/block_documents/filter", {"include_secrets": True})
    variable = scene.get("/variables/name/region")
    return {
        "deployment": [
            deployment[key] for key in ("work_pool_name", "entrypoint", "tags", "paused")
        ],
        "schedules": [one["schedule"] for one in deployment["schedules"]],
        "pool": [pool[key] for key in ("type", "concurrency_limit", "base_job_template")],
        "limits": [limit["limit"], scene.get("/concurrency_limits/tag/heavy")["concurrency_limit"]],
        "blocks": {one["name"]: one["data"] for one in blocks if one["name"] in BLOCKS},
        "variable": [variable["value"], variable["tags"]],
    }
