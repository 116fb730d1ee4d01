"""The programs of the folder `examples`, as their README says to run them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from tests.conformance.clients.scene import DONE, Check, ClientScene, Shown, contains, succeeds
from tests.conformance.clients.stock import Stock
from tests.conformance.servers import ROOT

PATIENCE = 60


def runs_an_etl_flow(scene: ClientScene) -> None:
    database = scene.stock.home / "orders.db"
    ran = _examples(scene).run("etl", "2026-11-02", str(database))
    succeeds(ran)
    contains(ran.out + ran.err, f"3 orders of 2026-11-02, 3 in {database}")
    extracted = Shown("extract", "Pending Running AwaitingRetry Retrying Completed", 2)
    expected = {extracted: 1, Shown("in_euros", DONE): 3, Shown("load", DONE): 1}
    scene.shows(scene.flow_run("etl"), expected)


def serves_background_tasks(scene: ClientScene) -> None:
    with _worker(scene):
        ran = _examples(scene).run("background_client")
    succeeds(ran)
    contains(ran.out, "6 words: to be or not to be", "4 words: that is the question")


def _examples(scene: ClientScene) -> Stock:
    return replace(scene.stock, programs=ROOT / "examples")


@contextmanager
def _worker(scene: ClientScene) -> Iterator[None]:
    worker = _examples(scene).start("background_worker")
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(PATIENCE)


CHECKS: Mapping[str, Check] = {
    "the example of an ETL flow tries again, maps and loads": runs_an_etl_flow,
    "the example of background tasks serves what its client hands in": serves_background_tasks,
}
