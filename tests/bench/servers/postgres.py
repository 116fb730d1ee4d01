"""The reference on PostgreSQL, where one is installed: a cluster of its own, for the time being."""

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.bench.servers.copying import Copying, Row
from tests.bench.servers.loading import Filling
from tests.bench.servers.sides import MeasuredServer
from tests.conformance import servers

PROGRAMS = ("initdb", "postgres", "psql")
OWNER = "postgres"
STARTING = 60.0


@contextmanager
def on_postgres() -> Iterator[Filling | None]:
    """Serve the reference; None where there is no PostgreSQL to be found."""
    if not all(map(shutil.which, PROGRAMS)):
        yield None
        return
    with _cluster() as database, tempfile.TemporaryDirectory() as home:
        url = f"postgresql+asyncpg://{OWNER}@127.0.0.1:{database.port}/postgres"
        with servers.reference(home=Path(home), database=url) as served:
            server = MeasuredServer(served)
            yield Filling("PostgreSQL", server, Copying(server, database).add)


@contextmanager
def _cluster() -> Iterator["Postgres"]:
    # It refuses to run as root; its packages make a user for it.
    user = OWNER if os.name == "posix" and os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if user:
            shutil.chown(folder, user)
        data, port = f"{folder}/data", servers.free_port()
        made = ["initdb", "--auth=trust", f"--username={OWNER}", "--encoding=UTF8", data]
        subprocess.run(made, check=True, capture_output=True, user=user, cwd=folder)
        started = ["postgres", "-D", data, "-p", str(port), "-k", folder]
        log = stack.enter_context(tempfile.TemporaryFile())
        process = stack.enter_context(subprocess.Popen(started, user=user, cwd=folder, stderr=log))
        stack.callback(process.terminate)
        database = Postgres(port)
        database.wait()
        yield database


@dataclass(frozen=True)
class Postgres:
    """A cluster that listens on a port of this machine."""

    port: int

    def row(self, table: str, row_id: str) -> Row:
        """Return what stands there."""
        asked = f"SELECT to_json(found) FROM {table} found WHERE id = '{row_id}'"  # noqa: S608 our own
        row: Row = json.loads(self._run(asked))
        return row

    def insert(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Add rows to tables."""
        for table, new in rows.items():
            document = json.dumps(new).replace("'", "''")
            self._run(
                f"INSERT INTO {table} SELECT * FROM"  # noqa: S608 as above
                f" json_populate_recordset(NULL::{table}, '{document}')"
            )

    @staticmethod
    def spell(time: datetime) -> str:
        """Spell a time, in UTC."""
        return time.isoformat()

    def wait(self) -> None:
        give_up = time.monotonic() + STARTING
        while time.monotonic() < give_up:
            try:
                self._run("SELECT 1")
            except subprocess.CalledProcessError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("PostgreSQL did not start")

    def _run(self, statement: str) -> str:
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER, "-d", "postgres"]
        command = ["psql", *where, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(command, input=statement, check=True, capture_output=True, text=True)
        return done.stdout
