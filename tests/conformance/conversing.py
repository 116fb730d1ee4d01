"""Say the same to the reference and to Runledger over WebSockets, and compare what is heard."""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import NamedTuple
from uuid import uuid4

from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.conformance import servers
from tests.conformance.programs import post
from tests.conformance.sides import ComparedSide
from tests.conformance.tables.conventions.conversations import HEAR, KEY, Talk, talks

# Seconds: what is expected may take as long as this, and what is not would have come by then.
PATIENCE, QUIET = 30.0, 2.0
AT_ONCE = 8
DROPPED = (1006, "")


class Heard(NamedTuple):
    """The answer to the handshake, the messages, the end, and the sessions listed until then."""

    status: int
    subprotocol: str | None = None
    messages: tuple[object, ...] = ()
    closed: tuple[int, str] | None = None
    listed: tuple[object, ...] = ()


class ComparedServer(NamedTuple):
    """One of the servers under comparison."""

    url: str
    side: ComparedSide

    def hear(self, talk: Talk, quiet: float) -> Heard:
        """Take the client's part, until nothing has come for some time."""
        key = f"key-{uuid4()}"
        for number in range(talk.runs):
            self.side.ask(post("/task_runs/", _submitted(key, number)), {})
        url = f"{self.url.replace('http', 'ws', 1)}{talk.path}"
        offered = [Subprotocol(name) for name in talk.subprotocols]
        try:
            with connect(url, subprotocols=offered or None, open_timeout=PATIENCE) as socket:
                return self._conversed(socket, _messages(socket, talk, key, quiet), key)
        except InvalidStatus as refused:
            return Heard(refused.response.status_code)

    def _conversed(self, socket: ClientConnection, messages: Iterator[object], key: str) -> Heard:
        heard: list[object] = []
        closed = None
        try:
            heard.extend(messages)
        except TimeoutError:
            pass
        except ConnectionClosed as end:
            closed = (end.rcvd.code, end.rcvd.reason) if end.rcvd else DROPPED
        listed = () if closed else self._listed(key)
        return Heard(101, socket.subprotocol, tuple(heard), closed, listed)

    def _listed(self, key: str) -> tuple[object, ...]:
        wanted = {"task_worker_filter": {"task_keys": [key]}}
        found = json.dumps(self.side.ask(post("/task_workers/filter", wanted), {}).body)
        return tuple(
            (worker["identifier"], sorted(worker["task_keys"]), tuple(worker))
            for worker in json.loads(found.replace(key, KEY))
        )


def _submitted(key: str, number: int) -> Mapping[str, object]:
    state = {"type": "SCHEDULED", "state_details": {"deferred": True}}
    return {"task_key": key, "dynamic_key": str(number), "name": f"run {number}", "state": state}


def _messages(socket: ClientConnection, talk: Talk, key: str, quiet: float) -> Iterator[object]:
    for said in talk.says:
        if said is HEAR:
            yield _told(socket.recv(timeout=PATIENCE))
        elif isinstance(said, bytes):
            socket.send(said)
        else:
            text = said if isinstance(said, str) else json.dumps(said)
            socket.send(text.replace(KEY, key))
    while True:
        yield _told(socket.recv(timeout=quiet))


def _told(text: str | bytes) -> object:
    """Return the part that both sides share: a run's name and fields, its state's names."""
    message = json.loads(text)
    if "state" not in message:
        return message
    return (message["name"], tuple(message), tuple(message["state"]))


def disagreements(chosen: Sequence[Talk], auth: str) -> Iterator[str]:
    """Hold the conversations, and tell of each that went otherwise here than there."""
    for locked in sorted({talk.locked for talk in chosen}):
        some = [talk for talk in chosen if talk.locked == locked]
        password = auth if locked else None
        with servers.reference(password) as theirs, servers.runledger(password) as ours:
            there = _heard(
                ComparedServer(theirs, ComparedSide.at(theirs, password)), some, repeat(QUIET)
            )
            quiets = [PATIENCE if heard.closed else QUIET for heard in there]
            here = _heard(ComparedServer(ours, ComparedSide.at(ours, password)), some, quiets)
        yield from _compared(some, there, here)


def _heard(server: ComparedServer, some: Iterable[Talk], quiets: Iterable[float]) -> list[Heard]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(server.hear, some, quiets))


def _compared(
    some: Iterable[Talk], theirs: Iterable[Heard], ours: Iterable[Heard]
) -> Iterator[str]:
    for talk, there, here in zip(some, theirs, ours, strict=True):
        if (there != here) != bool(talk.rule):
            yield f"{talk.name}: {talk.says}\n  reference  {there}\n  ours       {here}"


def all_agree(only: str, auth: str) -> bool:
    """Whether the conversations go alike that the expression finds; `conversation` finds all."""
    chosen = [talk for talk in talks(auth) if re.search(only, f"conversation: {talk.name}")]
    found = list(disagreements(chosen, auth))
    for as_text in found:
        sys.stdout.write(f"DISAGREE  {as_text}\n")
    if chosen:
        agreed = len(chosen) - len(found)
        sys.stdout.write(f"{agreed} of {len(chosen)} conversations go alike\n")
    return not found
