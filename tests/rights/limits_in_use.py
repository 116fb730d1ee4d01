"""All that the functions of concurrency limits can be asked, in each way that differs in rights."""

from datetime import timedelta
from itertools import product
from uuid import uuid4

import boto3
import httpx

from runledger import wiring
from runledger.service.concurrency import slots
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store

TAGS = ("plain", "rate")
NAMES = ("tag:plain", "tag:rate")
V1, V2 = "/concurrency_limits", "/v2/concurrency_limits"
RUN = str(uuid4())
HOLDER = {"type": "task_run", "id": RUN}
# Of each lease that expired: a request that is repeated takes slots again.
EXPIRED_SLOTS = 1


def use_limits(api: httpx.Client) -> None:
    _read_and_change(api, _made(api))
    _take_and_give_back(api)
    for tag in TAGS:
        _hold(api)
        _do(api.post(f"{V1}/tag/{tag}/reset", json={"slot_override": [RUN]}))
    for way in (f"{V2}/{{name}}", f"{V1}/{{id}}", f"{V1}/tag/{{tag}}"):
        _remove(api, way)


def _made(api: httpx.Client) -> list[str]:
    """A limit, whose count is added to, and one of a rate, which is replaced."""
    rates = zip(NAMES, (0, 1e-9), strict=True)
    asked = ({"name": name, "limit": 99, "slot_decay_per_second": rate} for name, rate in rates)
    return [str(_do(api.post(f"{V2}/", json=body)).json()["id"]) for body in asked]


def _hold(api: httpx.Client) -> str:
    asked = {"names": NAMES, "slots": 1, "holder": HOLDER}
    return str(_do(api.post(f"{V2}/increment-with-lease", json=asked)).json()["lease_id"])


def fill(api: httpx.Client, name: str) -> None:
    """Let leases that expired hold all that a limit has."""
    then = wiring.now() - timedelta(hours=1)
    # Through a client of its own, so that no function answers for it.
    others = Store(Table(boto3.client("dynamodb"), wiring.store().table.name), shards=1)
    _do(api.patch(f"{V2}/{name}", json={"limit": 9_999}))
    for _ in range(2):
        slots.take_on_lease(
            others, slots.SlotRequest([name], EXPIRED_SLOTS), slots.Term(None, 60), now=then
        )
    active = _do(api.get(f"{V2}/{name}")).json()["active_slots"]
    _do(api.patch(f"{V2}/{name}", json={"limit": active}))


def _fill(api: httpx.Client) -> None:
    for name in NAMES:
        fill(api, name)


def _read_and_change(api: httpx.Client, ids: list[str]) -> None:
    _fill(api)
    for path in (f"{V1}/{ids[0]}", f"{V1}/tag/{TAGS[0]}"):
        _do(api.get(path))
    for path in (V1, V2):
        for limit in (1, 2):
            _do(api.post(f"{path}/filter", json={"limit": limit}))
    for tag in (*TAGS, "new"):
        _do(api.post(f"{V1}/", json={"tag": tag, "concurrency_limit": 99}))
    for name, new in (("tag:new", "other"), (NAMES[0], NAMES[0])):
        _do(api.patch(f"{V2}/{name}", json={"name": new}))


def _take_and_give_back(api: httpx.Client) -> None:
    asked = {"slots": 1, "task_run_id": RUN}
    ways = product(((V2, NAMES), (V1, TAGS)), ("increment", "decrement"), (1, 2))
    for (path, names), verb, number in ways:
        _fill(api)
        _do(api.post(f"{path}/{verb}", json=asked | {"names": names[:number]}))
    _fill(api)
    _do(api.post(f"{V2}/increment-with-lease", json=asked | {"names": NAMES[:1]}))
    _fill(api)
    lease_id = _hold(api)
    _do(api.post(f"{V2}/leases/{lease_id}/renew", json={}))
    _do(api.post(f"{V2}/decrement-with-lease", json={"lease_id": lease_id}))


def _remove(api: httpx.Client, way: str) -> None:
    """Remove the limits in one way, while slots of them are held, and make them anew."""
    _hold(api)
    for name, tag in zip(NAMES, TAGS, strict=True):
        limit_id = _do(api.get(f"{V2}/{name}")).json()["id"]
        _do(api.delete(way.format(name=name, tag=tag, id=limit_id)))
    _made(api)


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
