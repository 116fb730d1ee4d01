import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import boto3
import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from local import console
from local.ports import listening
from tests.local.serving import ServerProcess, application, processes_of, serving, startup_error

pytestmark = pytest.mark.costly_fixture

ITEM = {"pk": {"S": "kept"}}
TABLE = "runledger-local"


@pytest.fixture(scope="module", autouse=True)
def _with_dynoxide(dynoxide: object) -> None:
    """Fail if dynoxide, the usual database, is not available."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return application(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[ServerProcess]:
    """A server for tests that only send requests, or read what it printed."""
    with serving(folder) as server:
        yield server


def test_it_serves_the_functions_below_the_stage(server: ServerProcess) -> None:
    assert httpx.get(f"{server.url}/things/1").json()["pathParameters"] == {"id": "1"}


def test_it_prints_the_api_url_for_clients(server: ServerProcess) -> None:
    assert f"PREFECT_API_URL={server.url}\n" in server.welcome


def test_it_prints_the_folder_of_its_data(server: ServerProcess, folder: Path) -> None:
    assert str(folder / ".runledger") in server.welcome


def test_answers_do_not_wait_for_acknowledgements() -> None:
    with (
        listening("127.0.0.1", 0) as server,
        socket.create_connection(server.getsockname()),
        server.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_long_answer_is_compressed(server: ServerProcess) -> None:
    answer = httpx.post(f"{server.url}/things", content="a" * 500)
    assert answer.headers["content-encoding"] == "gzip"


def test_a_short_answer_is_not(server: ServerProcess) -> None:
    answer = httpx.post(f"{server.url}/anything", json={"statusCode": 200, "body": "{}"})
    assert "content-encoding" not in answer.headers


def test_a_password_guards_it(tmp_path: Path) -> None:
    with serving(application(tmp_path), AUTH="user:password") as server:
        assert httpx.get(f"{server.url}/guarded").status_code == 401


def test_a_request_may_name_the_whole_url(server: ServerProcess) -> None:
    for target in (f"{server.url}/things/1", f"{server.url}/things/1?a=http://b/c"):
        assert raw_get(server, target).startswith(b"HTTP/1.1 200 ")
    for target in (server.url, server.url.removesuffix("/stage")):
        assert not raw_get(server, target).startswith(b"HTTP/1.1 200 ")


def raw_get(server: ServerProcess, target: str) -> bytes:
    """Send a GET with this target in the request line; return the response."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as line:
        line.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: line.recv(4096), b""))


def test_the_missing_csrf_protection_is_not_logged_as_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for path, status in (("/api/csrf-token", 422), ("/api/csrf-token", 401), ("/api/flows/", 422)):
        console.access("GET", path, status, 0.001)
    lines = [line.split()[1:4] for line in capsys.readouterr().out.splitlines()]
    assert lines == [["401", "GET", "/api/csrf-token"], ["422", "GET", "/api/flows/"]]


def test_a_refused_websocket_is_one_line_of_the_log(tmp_path: Path) -> None:
    with serving(application(tmp_path)) as server:
        with pytest.raises(InvalidStatus), connect(f"ws{server.url[4:]}/events/in"):
            pass
        server.end(signal.SIGTERM)
        assert server.process.stdout
        output = server.process.stdout.read().splitlines()
    assert [line.split()[1:4] for line in output[:-1]] == [["403", "GET", "/stage/events/in"]]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_when_asked_to_and_leaves_no_process(tmp_path: Path, how: signal.Signals) -> None:
    with serving(application(tmp_path)) as server:
        assert server.end(how) == 0
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGHUP])
def test_it_handles_signals_that_these_tests_ignore(
    tmp_path: Path, how: signal.Signals, request: pytest.FixtureRequest
) -> None:
    before = signal.signal(how, signal.SIG_IGN)
    request.addfinalizer(lambda: signal.signal(how, before))
    with serving(application(tmp_path)) as server:
        assert server.end(how) == 0


def test_its_database_ends_with_it_when_it_is_killed(tmp_path: Path) -> None:
    with serving(application(tmp_path)) as server:
        server.end(signal.SIGKILL)
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_data_outlives_it(tmp_path: Path, how: signal.Signals) -> None:
    application(tmp_path)
    with serving(tmp_path) as server:
        database = boto3.client("dynamodb", endpoint_url=server.database)
        database.put_item(TableName=TABLE, Item=ITEM)
        server.end(how)
    with serving(tmp_path) as server:
        database = boto3.client("dynamodb", endpoint_url=server.database)
        assert database.get_item(TableName=TABLE, Key=ITEM)["Item"] == ITEM


def test_a_table_name_that_is_none_is_one_line(tmp_path: Path) -> None:
    message = startup_error(application(tmp_path), TABLE_NAME="?", DATA=":memory:")
    assert message.startswith("runledger: The database refuses table ?: ")
    assert message.count("\n") == 1


def test_memory_keeps_nothing_on_disk(tmp_path: Path) -> None:
    with serving(application(tmp_path), DATA=":memory:") as server:
        assert "for this run only" in server.welcome
    assert not (tmp_path / ".runledger").exists()


def test_a_taken_port_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = startup_error(application(tmp_path), PORT=str(port))
    assert message == (
        f"runledger: Can't listen on 127.0.0.1:{port}: Address already in use; "
        "PORT= and HOST= choose another\n"
    )


def test_a_taken_port_of_the_sockets_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = startup_error(application(tmp_path), SOCKETS="redirect", SOCKETS_PORT=str(port))
    assert message == (
        f"runledger: Can't listen on 127.0.0.1:{port}: Address already in use; "
        "SOCKETS_PORT= and HOST= choose another\n"
    )


def test_a_taken_port_of_the_database_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        message = startup_error(application(tmp_path), DYNAMODB_PORT=str(port))
    assert message == (
        f"runledger: DYNAMODB_HOST=127.0.0.1 DYNAMODB_PORT={port} can't be used: "
        "Address already in use\n"
    )


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    message = startup_error(application(tmp_path), DATA=str(file))
    assert message == f"runledger: DATA={file} can't be used: File exists\n"


def test_a_broken_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "runledger.db").write_text("no database" * 1000)
    message = startup_error(application(tmp_path), DATA=str(tmp_path))
    assert message.startswith(f"runledger: The database kept in {tmp_path} did not start: ")
    assert message.count("\n") == 1


@pytest.mark.usefixtures("server")
def test_two_servers_do_not_share_a_folder(folder: Path) -> None:
    message = startup_error(folder)
    assert message == f"runledger: DATA={folder / '.runledger'} is in use by another server\n"


def test_a_database_of_another_template_is_one_line(tmp_path: Path) -> None:
    application(tmp_path)
    with serving(tmp_path):
        pass
    template = tmp_path / "template.yaml"
    template.write_text(template.read_text().replace("AttributeName: pk", "AttributeName: id"))
    assert startup_error(tmp_path).startswith(
        "runledger: Table runledger-local was made by another"
    )


def test_another_database_serves_as_well(server: ServerProcess, tmp_path: Path) -> None:
    with serving(application(tmp_path), DYNAMODB_ENDPOINT=server.database) as second:
        assert second.database == server.database
    assert not (tmp_path / ".runledger" / "runledger.db").exists()


def test_a_database_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    message = startup_error(application(tmp_path), DYNAMODB_ENDPOINT="http://127.0.0.1:9")
    assert message.startswith("runledger: The database does not answer: ")


@pytest.mark.parametrize(
    "setting",
    [
        {"PORT": "http"},
        {"PORT": "65536"},
        {"DYNAMODB_PORT": "-1"},
        {"DYNAMODB_ENDPOINT": "here"},
        {"LOG_LEVEL": "loud"},
        {"SOCKETS": "elsewhere"},
        {"RUN_RETENTION_DAYS": "-1"},
    ],
)
def test_a_setting_without_sense_is_one_line(tmp_path: Path, setting: dict[str, str]) -> None:
    ((name, value),) = setting.items()
    assert startup_error(application(tmp_path), **setting).startswith(
        f"runledger: {name}={value} is no"
    )


def test_a_password_is_not_repeated(tmp_path: Path) -> None:
    assert startup_error(application(tmp_path), AUTH="secret") == (
        "runledger: AUTH has no colon: give user:password\n"
    )


def test_without_dynoxide_it_says_that_moto_keeps_nothing(tmp_path: Path) -> None:
    with serving(application(tmp_path, with_dynoxide=False)) as server:
        assert server.welcome.startswith("dynoxide is not available here")
        assert httpx.get(f"{server.url}/things/1").is_success
