"""GET /flow_runs/{id}/logs/download: all that a flow run logged, as a file."""

import csv
import io

import httpx
import pytest

from tests.store.support.asking import flow_run_id, made, new_flow, new_flow_run
from tests.store.support.lines import TASK_RUN, line, logged


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


def download(api: httpx.Client, run: str) -> httpx.Response:
    return api.get(f"/flow_runs/{run}/logs/download")


def test_every_line_of_a_flow_run_is_a_row(api: httpx.Client) -> None:
    run = flow_run_id(api)
    first, then = "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"
    odd = 'say "x", y\nand é'
    logged(api, line(odd, flow_run_id=run, task_run_id=TASK_RUN, timestamp=then))
    logged(api, line("plain", flow_run_id=run, timestamp=first), line("of nobody"))
    rows = list(csv.reader(io.StringIO(download(api, run).text, newline="")))
    assert rows == [
        ["timestamp", "level", "flow_run_id", "task_run_id", "message"],
        ["2026-01-01 00:00:00+00:00", "20", run, "", "plain"],
        ["2026-01-01 00:00:00.500000+00:00", "20", run, TASK_RUN, odd],
    ]


def test_more_lines_than_a_page_has_are_there(api: httpx.Client) -> None:
    run = flow_run_id(api)
    logged(api, *(line(str(number), flow_run_id=run) for number in range(250)))
    assert len(download(api, run).text.splitlines()) == 1 + 250


def test_the_file_is_called_as_the_flow_run(api: httpx.Client) -> None:
    flow = made(api, new_flow())["id"]
    run = made(api, new_flow_run(flow, name='a é/"b"'))["id"]
    headers = download(api, run).headers
    assert headers["content-type"] == "text/csv; charset=utf-8"
    assert headers["content-disposition"] == (
        "attachment; filename=\"flow-run-logs.csv\"; filename*=UTF-8''a%20%C3%A9%2F%22b%22-logs.csv"
    )


def test_what_lambda_could_not_hand_over_is_refused(api: httpx.Client) -> None:
    run = flow_run_id(api)
    for number in range(7):
        logged(api, line(f"{number}" * 900_000, flow_run_id=run))
    assert download(api, run).status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE


def test_an_unknown_flow_run_has_no_logs(api: httpx.Client) -> None:
    assert download(api, TASK_RUN).status_code == httpx.codes.NOT_FOUND
