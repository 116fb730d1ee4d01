"""The reference under measurement: its server, with nothing else to do, on SQLite."""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.bench.servers.copying import Copying, Row
from tests.bench.servers.loading import Filling
from tests.bench.servers.sides import MeasuredServer
from tests.conformance import servers


@contextmanager
def on_sqlite() -> Iterator[Filling]:
    with tempfile.TemporaryDirectory() as home, servers.reference(home=Path(home)) as url:
        server = MeasuredServer(url)
        copying = Copying(server, Sqlite(Path(home) / "prefect.db"))
        yield Filling("SQLite", server, copying.add)


@dataclass(frozen=True)
class Sqlite:
    """The database file of a server."""

    file: Path

    def row(self, table: str, row_id: str) -> Row:
        """Return what stands there."""
        with closing(sqlite3.connect(self.file, timeout=60)) as database:
            found = database.execute(f"SELECT * FROM {table} WHERE id = ?", [row_id])  # noqa: S608 our table
            names = [name for name, *_ in found.description]
            return dict(zip(names, found.fetchone(), strict=True))

    def insert(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Add rows to tables, all at once."""
        with closing(sqlite3.connect(self.file, timeout=60)) as database, database:
            for table, new in rows.items():
                columns = ", ".join(new[0])
                places = ", ".join(f":{column}" for column in new[0])
                statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 as above
                database.executemany(statement, new)

    @staticmethod
    def spell(time: datetime) -> str:
        """Spell a time, in UTC."""
        return f"{time:%Y-%m-%d %H:%M:%S.%f}"
