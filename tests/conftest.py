import gc
import math
import os
import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path

import boto3
import httpx
import hypothesis
import moto as moto_library
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.common_models import BaseModel
from moto.core.models import botocore_stubber

from local import environment, settings
from local.cloudformation.template import Template
from local.database import dynamodb as engines
from local.database import sqlite
from local.websocket_api.client import Connector
from runledger import wiring
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.connections import ConnectionPool
from runledger.store.dynamodb.http_messages import RawResponse
from runledger.store.dynamodb.table import Table
from runledger.store.runs import past_states
from runledger.store.store import Store
from tests.support import hosting
from tests.support import management as managements
from tests.support.databases import TEMPLATE, DynamoDB, Engine, fresh_table, memory, own_client
from tests.support.management import Management
from tests.support.moto import attribute_values, transactions
from tests.support.processor_times import ProcessorTimes
from tests.support.streaming import Streaming

# `HYPOTHESIS_PROFILE=thorough make test` tries more examples.
hypothesis.settings.register_profile("quick", deadline=None, max_examples=50)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

BLOCK_KEY = Path(__file__).parent / "support" / "block.key"
NEW_OBJECTS = 50_000
# Fixtures that ask for the stream of a table: they get one that has a stream already.
OF_STREAMS = {"site", "site_on_dynoxide", "stream", "stream_on_dynoxide", "removals"}
MANY_THREADS = Config(max_pool_connections=64)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--cpu", action="store_true", help="print the processor time of tests")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("cpu"):
        config.pluginmanager.register(ProcessorTimes())


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Take three workers for two processors: tests also wait."""
    processors = yield
    return math.ceil(1.5 * processors)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with modules whose fixtures are costly, so that one worker makes them.

    In the end workers take over tests from each other, and would make them again.
    """
    items.sort(key=lambda item: item.get_closest_marker("costly_fixture") is None)


def pytest_collection_finish() -> None:
    """Keep from the garbage collector what stays to the end: modules, and thousands of tests.

    Of what tests make little hangs in circles: it need not look after each 700 objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Leave out what a test that passed has printed: workers would keep and send all of it."""
    report = yield
    if report.passed:
        report.sections.clear()
        if report.when == "teardown":
            item._report_sections.clear()  # noqa: SLF001 - nothing else forgets it
    return report


@pytest.fixture(scope="session", autouse=True)
def _nobody() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.DUMMY_CREDENTIALS.items():
            patch.setenv(name, value)
        for name in environment.USER_CREDENTIALS:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def moto() -> Iterator[Engine]:
    """In this process, which makes it quick.

    moto keeps plain dictionaries and no locks: two calls at once lose updates and see halves of
    transactions, which DynamoDB never shows. So its part of a call, and only that, is done by one
    thread at a time; between calls ours may interleave as they like.
    """
    with moto_library.mock_aws(), pytest.MonkeyPatch.context() as patch:
        # It keeps each item that there ever was, in each worker up to two gigabytes.
        patch.setattr(BaseModel, "__new__", lambda model, *_, **__: object.__new__(model))
        transactions.share_items(patch)
        attribute_values.spell_at_once(patch)
        one_at_a_time(patch, BotocoreStubber, "process_request")
        patch.setattr(ConnectionPool, "post", posted_to_moto(ConnectionPool.post))
        patch.setattr(ConnectionPool, "begin_each", begun_at_moto(ConnectionPool.begin_each))
        yield Engine(own_client(""), "", boto3.client("dynamodb", config=MANY_THREADS))


Requests = Sequence[tuple[bytes, Mapping[str, str]]]
Posting = Callable[[ConnectionPool, bytes, Mapping[str, str]], RawResponse]


def posted_to_moto(post: Posting) -> Posting:
    """Let moto answer what is posted to AWS, as it does for boto3's clients."""

    def posted(pool: ConnectionPool, body: bytes, headers: Mapping[str, str]) -> RawResponse:
        if ".amazonaws.com" not in pool.endpoint:
            return post(pool, body, headers)
        url = f"{pool.endpoint}/"
        request = AWSRequest("POST", url, headers=dict(headers), data=body).prepare()
        answer = botocore_stubber("before-send", request)
        assert answer
        named = {name.lower(): str(value) for name, value in answer.headers.items()}
        return RawResponse(answer.status_code, named, answer.content)

    return posted


Beginning = Callable[[ConnectionPool, Requests], list[HTTPConnection | None]]


def begun_at_moto(begin_each: Beginning) -> Beginning:
    """Let requests to AWS be sent one by one, as they are if their connections fail."""

    def begun(pool: ConnectionPool, requests: Requests) -> list[HTTPConnection | None]:
        if ".amazonaws.com" not in pool.endpoint:
            return begin_each(pool, requests)
        return [None] * len(requests)

    return begun


def one_at_a_time(patch: pytest.MonkeyPatch, owner: type, name: str) -> None:
    lock, method = threading.Lock(), getattr(owner, name)

    def locked(*given: object) -> object:
        with lock:
            return method(*given)

    patch.setattr(owner, name, locked)


@pytest.fixture(scope="session")
def dynoxide() -> Iterator[Engine]:
    """In memory, as a file if there can be one; isolates its transactions as DynamoDB does."""
    if engines.dynoxide() is None:
        missing = "dynoxide is not installed: `make test` has npm install it"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    with memory() as data, engines.running(settings.read({"DATA": data})) as database:
        if database.file:
            sqlite.index_stream(database.file)
        client = boto3.client("dynamodb", endpoint_url=database.endpoint, config=MANY_THREADS)
        yield Engine(own_client(database.endpoint), database.endpoint, client)


@pytest.fixture
def on_moto(moto: Engine) -> Iterator[DynamoDB]:
    with fresh_table(moto) as table:
        yield table


@pytest.fixture
def on_dynoxide(dynoxide: Engine, request: pytest.FixtureRequest) -> Iterator[DynamoDB]:
    streaming = not OF_STREAMS.isdisjoint(request.fixturenames)
    with fresh_table(dynoxide, streaming=streaming) as table:
        yield table


@pytest.fixture(params=["on_moto", "on_dynoxide"])
def dynamodb(request: pytest.FixtureRequest) -> DynamoDB:
    """A fresh table, on either engine."""
    found: DynamoDB = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(dynamodb: DynamoDB) -> Store:
    """A store on a fresh table, on either engine."""
    return Store(Table(dynamodb.client, dynamodb.table), shards=2)


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes at once."""
    monkeypatch.setattr(time, "sleep", lambda _: None)


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents of 400 bytes are stored as large ones are."""
    store_in_pieces(monkeypatch)


def store_in_pieces(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(large_documents, "MAX_DOCUMENT", 400)
    patch.setattr(large_documents, "MIN_FIELD", 100)
    patch.setattr(past_states, "MAX_TEXT", 0)


@pytest.fixture
def api(
    dynamodb: DynamoDB, management: Management, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    """A client of every function, on a fresh table of either engine."""
    with api_client(dynamodb, management, monkeypatch) as client:
        yield client


@pytest.fixture
def api_on_dynoxide(
    on_dynoxide: DynamoDB, management: Management, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    with api_client(on_dynoxide, management, monkeypatch) as client:
        yield client


@pytest.fixture(scope="session")
def management() -> Iterator[Management]:
    with managements.served() as served:
        yield served


@pytest.fixture
def sockets(api: httpx.Client, management: Management) -> Connector:
    """WebSocket clients of the functions that `api` calls."""
    return _sockets(api, management)


@pytest.fixture
def sockets_on_dynoxide(api_on_dynoxide: httpx.Client, management: Management) -> Connector:
    return _sockets(api_on_dynoxide, management)


@pytest.fixture
def stream(api: httpx.Client, dynamodb: DynamoDB) -> Streaming:
    """The follow-up of the writes of `api`, by hand."""
    return _streaming(api, dynamodb)


@pytest.fixture
def stream_on_dynoxide(api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB) -> Streaming:
    return _streaming(api_on_dynoxide, on_dynoxide)


def api_client(
    database: DynamoDB,
    management: Management,
    patch: pytest.MonkeyPatch,
    hosted: Template = TEMPLATE,
) -> httpx.Client:
    """Return a client of every function, whose environment the patch sets."""
    sockets = hosting.management_path(management)
    around = environment.function_variables(hosted, database.table, database.endpoint, sockets)
    for name, value in around.items():
        patch.setenv(name, value)
    patch.setenv("BLOCK_KEY_FILE", str(BLOCK_KEY))
    wiring.reset()
    return hosting.http_client(hosted)


def _sockets(_: httpx.Client, management: Management) -> Connector:
    """Need the client, whose making has set the environment."""
    return hosting.socket_clients(management)


def _streaming(_: httpx.Client, database: DynamoDB) -> Streaming:
    """Need the client, as above."""
    return Streaming(TEMPLATE, database)
