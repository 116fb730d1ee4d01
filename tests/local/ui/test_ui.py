"""The server of `make ui`, with a small folder in place of the package `prefect`."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from local.settings import StartupError
from local.ui import bundles, settings
from tests.support.servers import listening

pytestmark = pytest.mark.costly_fixture

UNREACHABLE_API = "http://127.0.0.1:1/api"
NAVIGATION = {"Accept": "text/html,*/*"}
PAGE = '<script src="/PREFECT_UI_SERVE_BASE_REPLACE_PLACEHOLDER/assets/a.js"></script>'
ANSWERS = {"/open/admin/version": 200, "/guarded/admin/version": 401}


def package(folder: Path, *names: str) -> Path:
    for name in names:
        site = folder / "server" / name
        (site / "assets").mkdir(parents=True)
        (site / "index.html").write_text(f"{name} {PAGE}")
        (site / "assets" / "a.js").write_text(f"'{name}'")
    return folder


@contextmanager
def running(
    folder: Path, port: int = 0, api: str = UNREACHABLE_API, before: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*before, sys.executable, "-m", "local.ui", folder],
        env={"UI_PORT": str(port), "PREFECT_API_URL": api},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def printed(process: subprocess.Popen[str]) -> list[str]:
    """The lines that it prints at its start."""
    assert process.stdout
    return [process.stdout.readline().strip() for _ in range(4)]


def printed_url(lines: list[str]) -> str:
    return lines[0].split()[-1]


class ServedUi(NamedTuple):
    client: httpx.Client
    lines: list[str]


@contextmanager
def served(folder: Path, *names: str, api: str = UNREACHABLE_API) -> Iterator[ServedUi]:
    with running(package(folder, *names), api=api) as process:
        lines = printed(process)
        with httpx.Client(base_url=printed_url(lines)) as there:
            yield ServedUi(there, lines)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedUi]:
    with served(tmp_path_factory.mktemp("package"), "ui", "ui-v2") as there:
        yield there


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedUi]:
    """The older UI alone."""
    with served(tmp_path_factory.mktemp("package"), "ui") as there:
        yield there


@pytest.fixture(scope="module")
def ui(both: ServedUi) -> httpx.Client:
    return both.client


@pytest.fixture(scope="module")
def of_an_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder, api = tmp_path_factory.mktemp("package"), "https://runs.example:99/api"
    with served(folder, "ui-v2", "ui", api=api) as there:
        yield there.client


@pytest.fixture
def api_server() -> Iterator[str]:
    """Serve an API that requires a password below /guarded, and an open one below /open."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(ANSWERS[self.path])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be silent."""

    with listening(HTTPServer(("127.0.0.1", 0), Handler)) as port:
        yield f"http://127.0.0.1:{port}"


def test_the_newest_ui_is_the_default(ui: httpx.Client) -> None:
    answer = ui.get("/", headers=NAVIGATION)
    assert (answer.status_code, answer.headers["location"]) == (307, "/v2/")


def test_the_cookie_selects_the_older_ui(ui: httpx.Client) -> None:
    chosen = {**NAVIGATION, "Cookie": "prefect_ui_version=v1"}
    assert ui.get("/", headers=chosen).text.startswith("ui ")


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v2/runs/flow-run/1", "/v2/variables/a.b"])
def test_every_path_of_a_ui_has_its_page(ui: httpx.Client, path: str) -> None:
    answer = ui.get(path, headers=NAVIGATION)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("ui-v2 ")


def test_the_older_ui_has_the_other_paths(ui: httpx.Client) -> None:
    assert ui.get("/v2runs", headers=NAVIGATION).text.startswith("ui ")


@pytest.mark.parametrize(("path", "script"), [("/v2/", "/v2/assets/a.js"), ("/x", "/assets/a.js")])
def test_a_page_names_its_files_where_they_are_served(
    ui: httpx.Client, path: str, script: str
) -> None:
    assert f'src="{script}"' in ui.get(path, headers=NAVIGATION).text
    assert ui.get(script).headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/v2/assets/b.js", "/v2/assets", "/v2/..%2fui%2findex.html"])
def test_a_path_without_a_file_is_not_found(ui: httpx.Client, path: str) -> None:
    assert ui.get(path).status_code == 404


def test_a_page_is_revalidated_and_its_files_are_not(ui: httpx.Client) -> None:
    policies = [
        ui.get(path, headers=NAVIGATION).headers["cache-control"]
        for path in ("/v2/", "/v2/assets/a.js")
    ]
    assert policies == ["no-cache", "public, max-age=31536000, immutable"]


@pytest.mark.parametrize("path", ["/v2/runs", "/v2/assets/a.js", "/"])
def test_the_ui_may_connect_to_its_api_only(of_an_api: httpx.Client, path: str) -> None:
    answer = of_an_api.get(path, headers={**NAVIGATION, "Cookie": "prefect_ui_version=v1"})
    policy = answer.headers["content-security-policy"]
    assert policy == "connect-src 'self' https://runs.example:99"


def test_the_settings_name_the_api(ui: httpx.Client) -> None:
    assert ui.get("/ui-settings").json() == {
        "api_url": UNREACHABLE_API,
        "csrf_enabled": False,
        "auth": None,
        "flags": [],
        "default_ui": "v2",
        "available_uis": ["v1", "v2"],
        "v1_base_url": "/",
        "v2_base_url": "/v2",
    }


@pytest.mark.parametrize(("api", "auth"), [("guarded", "BASIC"), ("open", None)])
def test_the_settings_require_a_login_if_the_api_does(
    tmp_path: Path, api_server: str, api: str, auth: str | None
) -> None:
    with served(tmp_path, "ui-v2", api=f"{api_server}/{api}") as there:
        assert there.client.get("/ui-settings").json()["auth"] == auth


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_it_ignores_what_it_was_started_to_ignore(tmp_path: Path, how: signal.Signals) -> None:
    ignoring = ["/bin/sh", "-c", 'trap "" INT HUP; exec "$@"', "sh"]
    with running(package(tmp_path, "ui"), before=ignoring) as process:
        there = printed_url(printed(process))
        process.send_signal(how)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=1)
        assert httpx.get(f"{there}/ui-settings").is_success
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def test_one_ui_is_enough(older: ServedUi) -> None:
    assert older.client.get("/", headers=NAVIGATION).text.startswith("ui ")
    found = older.client.get("/ui-settings").json()
    assert (found["available_uis"], found["default_ui"], found["v2_base_url"]) == (
        ["v1"],
        "v1",
        None,
    )


def test_a_folder_without_a_ui_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="has no UI"):
        bundles.find(tmp_path)


def test_the_api_is_that_of_clients() -> None:
    read = settings.read({"PREFECT_API_URL": "https://runs.example/api/"}, ["package"])
    assert read.api == "https://runs.example/api"


@pytest.mark.parametrize(("served_uis", "site"), [("both", "ui-v2 "), ("older", "ui ")])
def test_it_prints_the_setting_for_the_links_of_clients(
    request: pytest.FixtureRequest, served_uis: str, site: str
) -> None:
    there: ServedUi = request.getfixturevalue(served_uis)
    _, _, url = there.lines[2].rpartition("export PREFECT_UI_URL=")
    # `url_for` of the package `prefect` puts this path after PREFECT_UI_URL.
    answer = httpx.get(f"{url}/runs/flow-run/1", headers=NAVIGATION)
    assert answer.text.startswith(site)


def test_it_prints_that_the_api_does_not_answer(both: ServedUi) -> None:
    _, asks, *_ = both.lines
    assert asks == f"asks         {UNREACHABLE_API}, which does not answer yet"


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupied:
        port = occupied.getsockname()[1]
        with running(package(tmp_path, "ui-v2"), port) as process:
            _, errors = process.communicate(timeout=30)
    assert f"Can't listen on 127.0.0.1:{port}: Address already in use; UI_PORT=" in errors
