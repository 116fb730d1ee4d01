import gzip

from local.rest_api.compression import compressed
from local.rest_api.events import HttpRequest
from local.rest_api.gateway import HttpResponse

LONG = HttpResponse(200, [("Content-Type", "application/json")], b'{"a": 1}' * 100)
WITH_GZIP = HttpRequest("GET", "/", headers=[("Accept-Encoding", "br, gzip")])


def test_a_response_of_the_minimum_size_is_compressed() -> None:
    found = compressed(LONG, WITH_GZIP, len(LONG.body))
    assert gzip.decompress(found.body) == LONG.body
    added = [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
    assert found.headers == [*LONG.headers, *added]


def test_a_shorter_one_stays() -> None:
    assert compressed(LONG, WITH_GZIP, len(LONG.body) + 1) is LONG


def test_a_client_that_does_not_take_gzip_gets_it_as_it_is() -> None:
    for headers in ([], [("accept-encoding", "br")]):
        assert compressed(LONG, HttpRequest("GET", "/", headers=headers), 1) is LONG


def test_what_a_function_encoded_stays() -> None:
    encoded = HttpResponse(200, [("content-encoding", "br")], LONG.body)
    assert compressed(encoded, WITH_GZIP, 1) is encoded
