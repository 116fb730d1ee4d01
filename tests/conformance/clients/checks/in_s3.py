"""A bucket of S3 as a block: what is written to it, and results that other machines read."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from moto.server import ThreadedMotoServer

from tests.conformance.clients.scene import DONE, Check, ClientScene, Json, Shown
from tests.conformance.clients.stock import WITH_AWS, Stock

# Seconds until a worker that is killed has ended.
PATIENCE = 30
DAY = "2026-11-22"


def keeps_results_in_s3(scene: ClientScene) -> None:
    """The programs, and the worker that serves one, have no folder in common."""
    with _bucket(scene) as (one, another):
        assert _ran(one, "write", "hello") == ["hello", "results/notes.txt"]
        assert _ran(one, "run", DAY) == {DAY: 42}
        run = scene.flow_run("total-of")
        scene.shows(run, {Shown("total", DONE): 1})
        assert _ran(another, "read", run["id"]) == {DAY: 42}
        _has_artifact(scene, run)
        worker = another.start("in_s3", "serve")
        try:
            assert _ran(one, "later", "[40, 2]") == 42
        finally:
            another.kill(worker, PATIENCE)
        wanted = {"block_types": {"slug": {"any_": ["s3-bucket"]}}}
        (block,) = scene.post("/block_documents/filter", wanted)
        assert set(block["data"]["credentials"]["aws_secret_access_key"]) == {"*"}


def _has_artifact(scene: ClientScene, run: Json) -> None:
    of_run = {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}}
    (result,) = scene.post("/artifacts/filter", of_run)
    assert result["data"] == run["state"]["data"]


CHECKS: Mapping[str, Check] = {
    "prefect-aws keeps results in S3, for programs and workers elsewhere": keeps_results_in_s3,
}


@contextmanager
def _bucket(scene: ClientScene) -> Iterator[tuple[Stock, Stock]]:
    """Two machines, and a block for a bucket of a stubbed S3, which one of them has saved."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    s3 = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    s3.start()
    try:
        host, port = s3.get_host_and_port()
        one, another = (
            replace(scene.stock, home=scene.stock.home / name, folder=WITH_AWS)
            for name in ("one", "another")
        )
        _ran(one, "save", f"http://{host}:{port}")
        yield one, another
    finally:
        s3.stop()


def _ran(stock: Stock, *arguments: str) -> object:
    return stock.run("in_s3", *arguments).result()
