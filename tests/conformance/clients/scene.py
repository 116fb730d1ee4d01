"""Context of a check: a stock installation of Prefect, and the API's view of its runs."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import httpx

from tests.conformance.clients.stock import Ran, Stock
from tests.conformance.patience import ONE_CALL_EACH, Patient

# Seconds: events and logs come after their program has ended, and soon.
PATIENCE, PAUSE = 20.0, 0.2
PAGE = 200
ADDITIONS = 3

Json = Any
Found = TypeVar("Found")


class Shown(NamedTuple):
    """A task run as a list shows it: its name without its key, its states, and its attempts."""

    task: str
    states: str
    attempts: int = 1


DONE = "Pending Running Completed"


@dataclass(frozen=True)
class ClientScene:
    """A home of its own for the programs of one check, and the API that they are told of.

    A patient one repeats what a busy reference answers with 503.
    """

    stock: Stock
    patient: bool = False

    @cached_property
    def _api(self) -> httpx.Client:
        user, _, password = (self.stock.auth or "").partition(":")
        auth = httpx.BasicAuth(user, password) if user else None
        transport = Patient(limits=ONE_CALL_EACH) if self.patient else None
        return httpx.Client(base_url=self.stock.url, auth=auth, timeout=60, transport=transport)

    def get(self, path: str, **query: str) -> Json:
        return self._api.get(path, params=query).raise_for_status().json()

    def text(self, path: str) -> str:
        """Return the answer of a path that has no JSON."""
        return self._api.get(path).raise_for_status().text

    def post(self, path: str, body: Json) -> Json:
        return self._api.post(path, json=body).raise_for_status().json()

    def delete(self, path: str) -> int:
        """Delete something; return the status of the answer."""
        return self._api.delete(path).status_code

    @cached_property
    def submitted(self) -> list[str]:
        """Ids of background runs, made when first asked: some additions, and last a greeting."""
        ids: list[str] = self.result("submit", str(ADDITIONS))
        return ids

    def result(self, program: str, *arguments: str) -> Json:
        """Return the last line, as JSON, of a program of ours that succeeds."""
        return self.stock.run(program, *arguments).result()

    def flow_runs(self, flow: str) -> list[Json]:
        """The runs of a flow, in the order in which they began."""
        of_the_flow = {"flows": {"name": {"any_": [flow]}}, "sort": "START_TIME_ASC"}
        return self._all("/flow_runs/filter", of_the_flow)

    def deployment_runs(self, deployment: str) -> list[Json]:
        """The runs of a deployment, in the order of their times."""
        named = {"deployments": {"name": {"any_": [deployment]}}}
        return self._all("/flow_runs/filter", {**named, "sort": "EXPECTED_START_TIME_ASC"})

    def flow_run(self, flow: str) -> Json:
        """The one run of a flow."""
        found = self.flow_runs(flow)
        assert len(found) == 1, f"{len(found)} runs of {flow}"
        return found[0]

    def task_runs(self, flow_run: Json) -> list[Json]:
        return self._all("/task_runs/filter", {"flow_runs": {"id": {"any_": [flow_run["id"]]}}})

    def task_run(self, flow_run: Json, task: str) -> Json:
        """The one run of a task in a flow run."""
        found = [run for run in self.task_runs(flow_run) if task_of(run) == task]
        assert len(found) == 1, f"{len(found)} runs of {task}"
        return found[0]

    def _all(self, path: str, body: Mapping[str, Json]) -> list[Json]:
        runs: list[Json] = []
        while len(page := self.post(path, {**body, "offset": len(runs), "limit": PAGE})) == PAGE:
            runs += page
        return [*runs, *page]

    def states(self, task_run: Json) -> str:
        """The names of all states of a task run."""
        found = self.get("/task_run_states/", task_run_id=task_run["id"])
        return " ".join(state["name"] for state in found)

    def flow_states(self, flow_run: Json) -> str:
        """The names of all states of a flow run."""
        found = self.get("/flow_run_states/", flow_run_id=flow_run["id"])
        return " ".join(state["name"] for state in found)

    def shows(self, flow_run: Json, expected: Mapping[Shown, int]) -> None:
        """Soon the flow run has these task runs, each as often as is said, and no others."""
        comes_to_be(lambda: self._shown(flow_run), Counter(expected))

    def _shown(self, flow_run: Json) -> Counter[Shown]:
        return Counter(
            Shown(task_of(run), self.states(run), run["run_count"])
            for run in self.task_runs(flow_run)
        )


Check = Callable[[ClientScene], None]


def task_of(task_run: Json) -> str:
    """The name of a run without its dynamic key."""
    name: str = task_run["name"]
    return name.rpartition("-")[0] or name


def comes_to_be(read: Callable[[], Found], expected: Found, within: float = PATIENCE) -> None:
    """Wait until an answer is as expected, for so many seconds."""
    give_up = time.monotonic() + within
    while (found := read()) != expected:
        assert time.monotonic() < give_up, f"{found}\nis not\n{expected}"
        time.sleep(PAUSE)


def succeeds(ran: Ran) -> None:
    assert ran.code == 0, ran.as_text()


def fails(ran: Ran, saying: str) -> None:
    assert ran.code == 1, ran.as_text()
    contains(ran.out + ran.err, saying)


def contains(shown: str, *texts: str) -> None:
    missing = [text for text in texts if text not in shown]
    assert not missing, f"{missing} not in\n{shown}"
