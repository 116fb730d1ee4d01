"""Inputs of flow runs: kept under keys, found by prefixes, deleted with the run."""

from datetime import UTC, datetime
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import pytest

from runledger import wiring
from runledger.domain.runs.flow_run_inputs import FlowRunInput
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import Query
from runledger.store.runs.flow_run_inputs import FlowRunInputStore
from runledger.store.schema import keys
from runledger.store.schema.keys import TOMBSTONE
from tests.store.support.asking import flow_run_id, made, new_flow, new_flow_run
from tests.support import removals


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def run(api: httpx.Client) -> str:
    return flow_run_id(api)


def give(api: httpx.Client, run: str, key: str, value: str = "v") -> httpx.Response:
    return api.post(f"/flow_runs/{run}/input", json={"key": key, "value": value})


def found(api: httpx.Client, run: str, prefix: str, **asked: object) -> list[str]:
    wanted = {"prefix": prefix, "limit": -1, **asked}
    answer = api.post(f"/flow_runs/{run}/input/filter", json=wanted).raise_for_status()
    return [one["key"] for one in answer.json()]


def kept(run: str) -> set[str]:
    """The sort keys of all that lies with a flow run."""
    everything = in_partition(keys.flow_run(UUID(run)).pk)
    return {str(item["sk"]) for item in wiring.store().table.query(Query(everything))}


def test_what_was_given_is_read_as_it_was_sent(api: httpx.Client, run: str) -> None:
    give(api, run, "k", '{"é": "\\n"}')
    answer = api.get(f"/flow_runs/{run}/input/k")
    assert answer.text == '{"é": "\\n"}'
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_key_is_given_once(api: httpx.Client, run: str) -> None:
    give(api, run, "k", "first")
    assert give(api, run, "k", "second").status_code == httpx.codes.CONFLICT
    assert api.get(f"/flow_runs/{run}/input/k").text == "first"


def test_flow_runs_have_their_own_keys(api: httpx.Client, run: str) -> None:
    other = made(api, new_flow_run(made(api, new_flow())["id"]))["id"]
    assert [give(api, of, "k").status_code for of in (run, other)] == [httpx.codes.CREATED] * 2


def test_nothing_is_given_to_an_unknown_flow_run(api: httpx.Client) -> None:
    answer = give(api, str(uuid4()), "k")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Flow run not found"})


@pytest.mark.parametrize("key", ["K", "a b", "a_b", "a\n", "é", "k" * 901])
def test_no_other_keys_are_taken(api: httpx.Client, run: str, key: str) -> None:
    assert give(api, run, key).status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert found(api, run, "") == []


# fmt: off
PREFIXES = {
    "the beginning":           ("b-",       ["b-2", "b-1"]),
    "of any case":             ("B",        ["b-2", "b-1", "bc"]),
    "any character":           ("_-",       ["b-2", "b-1", "a-1"]),
    "any characters":          ("%1",       ["b-1", "a-1"]),
    "none":                    ("",         ["b-2", "b-1", "bc", "a-1"]),
    "only where it begins":    ("-",        []),
    "what no key begins with": ("é" * 2000, []),
}
# fmt: on


@pytest.mark.parametrize(("prefix", "expected"), PREFIXES.values(), ids=PREFIXES)
def test_inputs_are_found_by_their_beginning_the_oldest_first(
    api: httpx.Client, run: str, prefix: str, expected: list[str]
) -> None:
    for key in ("b-2", "b-1", "bc", "a-1"):
        give(api, run, key)
    assert found(api, run, prefix) == expected


def test_as_many_are_found_as_are_asked_for(api: httpx.Client, run: str) -> None:
    for key in ("a", "b", "c"):
        give(api, run, key)
    assert [found(api, run, "", limit=limit) for limit in (0, 1)] == [[], ["a"]]


def test_those_that_are_known_are_left_out(api: httpx.Client, run: str) -> None:
    for key in ("a", "b", "c"):
        give(api, run, key)
    assert found(api, run, "", limit=1, exclude_keys=["a"]) == ["b"]


def test_what_was_removed_is_gone(api: httpx.Client, run: str) -> None:
    give(api, run, "k")
    answers = [api.delete(f"/flow_runs/{run}/input/k").status_code for _ in range(2)]
    assert answers == [httpx.codes.NO_CONTENT, httpx.codes.NOT_FOUND]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("key", ["k" * 1020, "k" * 3000, "é" * 600, "漢" * 1000, "a b", "K"])
def test_nothing_is_found_under_a_key_that_no_input_can_have(
    api_on_dynoxide: httpx.Client, method: str, key: str
) -> None:
    run = flow_run_id(api_on_dynoxide)
    answer = api_on_dynoxide.request(method, f"/flow_runs/{run}/input/{quote(key)}")
    actual = {"detail": "Flow run input not found"}
    assert (answer.status_code, answer.json()) == (404, actual)


@pytest.mark.parametrize("prefix", ["k" * 3000, "é" * 600, "K" * 1020])
def test_no_input_begins_longer_than_a_key(api_on_dynoxide: httpx.Client, prefix: str) -> None:
    assert found(api_on_dynoxide, flow_run_id(api_on_dynoxide), prefix) == []


def test_inputs_go_with_their_flow_run(api: httpx.Client, run: str) -> None:
    for number in range(120):
        give(api, run, f"k-{number}")
    api.delete(f"/flow_runs/{run}").raise_for_status()
    assert kept(run) == {TOMBSTONE}


@pytest.mark.usefixtures("api")
def test_what_was_given_while_the_flow_run_went_goes_too() -> None:
    gone, now = uuid4(), datetime.now(UTC)
    late = FlowRunInput(
        id=uuid4(), created=now, updated=now, flow_run_id=gone, key="k", value="late"
    )
    FlowRunInputStore.of(wiring.store()).add(late)
    assert removals.follow([removals.removed("FLOW_RUN", str(gone))]) == []
    assert kept(str(gone)) <= {"REMAINDER"}
