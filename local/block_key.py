"""The key of the blocks on this machine: a file beside the data, which its owner alone can read."""

import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from local.settings import LocalSettings, StartupError

VARIABLE, FILE = "BLOCK_KEY_FILE", "block.key"
RANDOM_BYTES = 48


@contextmanager
def kept(settings: LocalSettings) -> Iterator[None]:
    """Name the file with the key to the functions; make it if there is none.

    A variable of the user's may name another file. Data in memory has a key for as long.
    """
    named = os.environ.get(VARIABLE)
    with ExitStack() as stack:
        folder = settings.data or Path(stack.enter_context(TemporaryDirectory(prefix="runledger-")))
        file = Path(named) if named else folder / FILE
        _check(file, is_ours=not named)
        os.environ[VARIABLE] = str(file)
        stack.callback(_restore, named)
        yield


def _check(file: Path, *, is_ours: bool) -> None:
    try:
        if is_ours:
            ensure(file)
        file.read_text("utf-8")
    except OSError as error:
        raise StartupError(f"The key of blocks, {file}, can't be used: {error.strerror}") from None


def _restore(named: str | None) -> None:
    os.environ.pop(VARIABLE)
    if named:
        os.environ[VARIABLE] = named


def ensure(file: Path) -> None:
    """Make the file with a new key unless it is there, at once and whole."""
    if file.exists():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_urlsafe(RANDOM_BYTES) + "\n")
    with suppress(FileExistsError):
        os.link(new, file)
    new.unlink()
