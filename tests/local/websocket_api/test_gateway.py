import json
from pathlib import Path
from typing import Any

import pytest

from local.cloudformation import template
from local.functions import Functions
from local.rest_api.gateway import Gateway
from local.websocket_api import handshake_routing
from local.websocket_api.client import Connector, WebSocketClient
from local.websocket_api.gateway import HandshakeRefused, WebSocketApi
from local.websocket_api.management import MAX_MESSAGE_BYTES
from tests.local import sample
from tests.support.management import Management


@pytest.fixture
def sockets(tmp_path: Path, management: Management, monkeypatch: pytest.MonkeyPatch) -> Connector:
    address = f"{management.address}/stage"
    monkeypatch.setenv("WEBSOCKET_URL", f"ws://{address}")
    monkeypatch.setenv("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", f"http://{address}")
    loaded = template.load(sample.write(tmp_path))
    functions = Functions(loaded)
    websocket_api = management.websocket_api = WebSocketApi(loaded.websocket_api, functions)
    return Connector(
        websocket_api,
        handshake_routing.follow_redirects(
            Gateway(loaded, functions), websocket_api, f"ws://{address}"
        ),
    )


def answering(status: int, **headers: str) -> list[tuple[str, str]]:
    return [("answer", json.dumps({"statusCode": status, "headers": headers}))]


def command(client: WebSocketClient, **action: str) -> list[str]:
    client.send(json.dumps({"type": "obey"} | action))
    return client.received()


def context(event: dict[str, Any], *names: str) -> list[object]:
    return [event["requestContext"][name] for name in names]


def test_a_redirect_to_the_websocket_api_is_followed(sockets: Connector, tmp_path: Path) -> None:
    sockets.connect("/stage/talk")
    assert sample.recorded_events(tmp_path)[0]["queryStringParameters"] == {"route": "/talk"}


def test_the_websocket_api_has_its_own_path(sockets: Connector, tmp_path: Path) -> None:
    client = sockets.connect("/stage?a=1&a=2")
    (event,) = sample.recorded_events(tmp_path)
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    names = ("routeKey", "eventType", "connectionId", "stage")
    assert context(event, *names) == ["$connect", "CONNECT", client.id, "stage"]


def test_the_function_of_a_handshake_sees_its_headers(sockets: Connector, tmp_path: Path) -> None:
    sockets.connect("/stage/talk", [("X-A", "1"), ("X-A", "2")], subprotocols=["a", "b"])
    (event,) = sample.recorded_events(tmp_path)
    assert {"X-A": "2", "Sec-WebSocket-Protocol": "a, b"}.items() <= event["headers"].items()
    assert event["multiValueHeaders"]["X-A"] == ["1", "2"]


@pytest.mark.parametrize("path", ["/stage/unknown", "/stage//talk", "/stage/guarded", "/other"])
def test_another_path_is_forbidden(sockets: Connector, path: str) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        sockets.connect(path)
    assert refused.value.response.status == 403


def test_a_function_refuses_a_handshake_with_its_status(sockets: Connector) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        sockets.connect("/stage", answering(403))
    assert refused.value.response.status == 403


def test_a_function_that_fails_refuses_a_handshake(
    sockets: Connector, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(HandshakeRefused) as refused:
        sockets.connect("/stage", [("answer", "no JSON")])
    assert refused.value.response.status == 502
    assert "JSONDecodeError" in capsys.readouterr().err


def test_a_function_selects_the_subprotocol(sockets: Connector) -> None:
    headers = answering(200, **{"sec-websocket-Protocol": "b"})
    assert sockets.connect("/stage", headers, subprotocols=["a", "b"]).subprotocol == "b"


def test_no_subprotocol_is_selected_unless_the_function_does(sockets: Connector) -> None:
    assert sockets.connect("/stage", subprotocols=["a"]).subprotocol is None


def test_a_message_takes_the_route_that_it_names(sockets: Connector, tmp_path: Path) -> None:
    client = sockets.connect("/stage")
    client.send('{"type": "note"}')
    event = sample.recorded_events(tmp_path)[-1]
    assert (event["body"], event["isBase64Encoded"]) == ('{"type": "note"}', False)
    names = ("routeKey", "eventType", "connectionId")
    assert context(event, *names) == ["note", "MESSAGE", client.id]


@pytest.mark.parametrize("message", ["no JSON", "[]", "1", "{}", '{"type": "x"}', '{"type": []}'])
def test_a_message_without_a_route_is_forbidden(sockets: Connector, message: str) -> None:
    client = sockets.connect("/stage")
    client.send(message)
    assert [json.loads(text)["message"] for text in client.received()] == ["Forbidden"]


def test_a_function_that_fails_is_reported_to_the_client(
    sockets: Connector, capsys: pytest.CaptureFixture[str]
) -> None:
    client = sockets.connect("/stage")
    client.send('{"type": "obey", "post": 1}')
    (text,) = client.received()
    assert json.loads(text) == {"message": "Internal server error", "connectionId": client.id}
    assert "AttributeError" in capsys.readouterr().err


def test_a_function_posts_to_its_own_client(sockets: Connector) -> None:
    assert command(sockets.connect("/stage"), post="é") == ["é"]


def test_a_function_posts_to_another_client(sockets: Connector) -> None:
    client, other = sockets.connect("/stage"), sockets.connect("/stage")
    assert command(client, post="hello", target=other.id) == []
    assert other.received() == ["hello"]


def test_a_function_looks_at_a_connection(sockets: Connector) -> None:
    assert command(sockets.connect("/stage"), look="") == ["127.0.0.1"]


@pytest.mark.parametrize("what", ["post", "look", "close"])
def test_a_connection_that_has_ended_is_gone(sockets: Connector, what: str) -> None:
    client, other = sockets.connect("/stage"), sockets.connect("/stage")
    other.close()
    assert command(client, target=other.id, **{what: ""}) == ["GoneException"]


def test_a_message_of_128_kilobytes_is_posted(sockets: Connector) -> None:
    (received,) = command(sockets.connect("/stage"), post="a" * MAX_MESSAGE_BYTES)
    assert len(received) == MAX_MESSAGE_BYTES


def test_a_longer_one_is_too_large(sockets: Connector) -> None:
    received = command(sockets.connect("/stage"), post="a" * (MAX_MESSAGE_BYTES + 1))
    assert received == ["PayloadTooLargeException"]


def test_a_client_that_does_not_read_has_a_limit(sockets: Connector) -> None:
    client, slow = sockets.connect("/stage"), sockets.connect("/stage")
    slow.stop_reading()
    assert command(client, post="hello", target=slow.id) == ["LimitExceededException"]


def test_a_function_closes_normally(sockets: Connector) -> None:
    client = sockets.connect("/stage")
    command(client, close="")
    assert client.closed == (1000, "")


def test_a_function_closes_with_a_code_and_a_reason(sockets: Connector) -> None:
    client = sockets.connect("/stage")
    command(client, close="4001 Say hello first")
    assert client.closed == (4001, "Say hello first")


@pytest.mark.parametrize("how", ["1005", "1015", "99999", "now", "1008 " + "a" * 124])
def test_an_invalid_close_is_refused(sockets: Connector, how: str) -> None:
    client = sockets.connect("/stage")
    assert command(client, close=how) == ["BadRequestException"]
    assert client.closed is None


def test_the_disconnect_event_has_the_close_code(sockets: Connector, tmp_path: Path) -> None:
    client = sockets.connect("/stage")
    client.close(1001, "bye")
    event = sample.recorded_events(tmp_path)[-1]
    names = ("routeKey", "eventType", "disconnectStatusCode", "disconnectReason")
    assert context(event, *names) == ["$disconnect", "DISCONNECT", 1001, "bye"]


def test_a_connection_has_one_disconnect_event(sockets: Connector, tmp_path: Path) -> None:
    client = sockets.connect("/stage")
    command(client, close="1008")
    client.close()
    kinds = [event["requestContext"]["eventType"] for event in sample.recorded_events(tmp_path)]
    assert kinds == ["CONNECT", "DISCONNECT"]
