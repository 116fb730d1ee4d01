"""What dynoxide's file needs so that a stream costs the same however much it holds.

With a stream, dynoxide 1.2 looks for the highest number among all of its records before each write,
and never removes one. Both are seen to here before anybody uses the database.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

INDEX = """
    CREATE INDEX IF NOT EXISTS runledger_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))
"""
# The newest record stays: its number is what the next one is counted from.
TRIM = """
    DELETE FROM _stream_records
    WHERE table_name = :table AND CAST(sequence_number AS INTEGER) <= :number
    AND id < (SELECT MAX(id) FROM _stream_records WHERE table_name = :table)
"""


def index_stream(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(INDEX)


def trim_stream(file: Path, table: str, number: int) -> None:
    """Remove the records up to one that everybody has dealt with."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(TRIM, {"table": table, "number": number})
