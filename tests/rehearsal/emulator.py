"""Ministack: AWS on loopback, which enforces the roles and runs functions as processes."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.conformance.servers import ROOT, free_port
from tests.rehearsal.report import RehearsalError

REGION = "us-east-1"
STARTING = 60.0  # seconds
SHOWN = 20  # lines of its output

MINISTACK = ROOT / ".ministack-venv" / "bin" / "python"
# As in Lambda, functions find boto3 beside their layers, and nothing else.
FUNCTIONS = ROOT / ".lambda-venv" / "bin" / "python"
LAUNCH = Path(__file__).parent / "launch.py"


@dataclass(frozen=True)
class Emulator:
    url: str
    log: Path

    def environment(self) -> Mapping[str, str]:
        """The environment that leads AWS's tools here, as the account's root, for any user."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ENDPOINT_URL_DYNAMODB": self.url,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def client(self, service: Any) -> Any:  # noqa: ANN401 boto3 makes its classes when asked
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def output(self) -> list[str]:
        """The lines that ministack wrote so far."""
        return self.log.read_text("utf-8", "replace").splitlines()


@contextmanager
def running(folder: Path, python: Path = MINISTACK) -> Iterator[Emulator]:
    """Run ministack with its state in a folder, and end it with all functions.

    Raises RehearsalError if it does not start, or ends before it should.
    """
    port = free_port()
    emulator = Emulator(f"http://127.0.0.1:{port}", folder / "ministack.log")
    with emulator.log.open("wb") as log:
        process = subprocess.Popen(
            [str(python), str(LAUNCH), str(FUNCTIONS)],
            env=_environment(folder, port),
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
        )
    try:
        _await(emulator, process)
        yield emulator
    except RehearsalError:
        raise
    except Exception as error:
        if process.poll() is None:
            raise
        raise RehearsalError(f"ministack ended by itself:\n{_last(emulator)}") from error
    finally:
        _end(process)


def _environment(folder: Path, port: int) -> dict[str, str]:
    """The environment of ministack and of each function: nothing of the user's."""
    state, temporary = folder / "state", folder / "tmp"
    for made in (state, temporary):
        made.mkdir()
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(temporary),
        "STATE_DIR": str(state),
        "S3_DATA_DIR": str(state),
        "AUTH": "true",
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
    }


def _await(emulator: Emulator, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + STARTING
    while not _answers(emulator.url):
        if process.poll() is not None or time.monotonic() > give_up:
            raise RehearsalError(f"ministack did not start:\n{_last(emulator)}")
        time.sleep(0.1)


def _answers(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/_ministack/health", timeout=5).is_success
    return False


def _last(emulator: Emulator) -> str:
    return "\n".join(emulator.output()[-SHOWN:])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=10)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
