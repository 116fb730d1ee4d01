"""An index and clean-up for dynoxide's file, so that a long stream costs no more than a short one.

With a stream, dynoxide 1.2 searches all stream records for the highest number before each write,
and never removes a record. The index is added before the database is used; records that all
consumers have processed are removed regularly.
"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

INDEX = """
    CREATE INDEX IF NOT EXISTS runledger_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER))
"""
# The newest record stays: its number is what the next one is counted from. Some at a time, since
# dynoxide waits with its writes meanwhile; in their order, so that no gap is ever left.
TRIM = """
    DELETE FROM _stream_records WHERE id IN (
        SELECT id FROM _stream_records
        WHERE table_name = :table AND CAST(sequence_number AS INTEGER) <= :number
        AND id < (SELECT MAX(id) FROM _stream_records WHERE table_name = :table)
        ORDER BY CAST(sequence_number AS INTEGER) LIMIT :most
    )
"""
MAX_AT_ONCE = 500  # records
SECONDS_TO_WAIT = 1.0  # for a write of dynoxide's


def index_stream(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(INDEX)


def trim_stream(file: Path, table: str, number: int) -> None:
    """Remove the records up to one that everybody has dealt with.

    Where dynoxide is busy, what is left is removed another time.
    """
    given = {"table": table, "number": number, "most": MAX_AT_ONCE}
    database = sqlite3.connect(file, timeout=SECONDS_TO_WAIT, isolation_level=None)
    with closing(database), suppress(sqlite3.OperationalError):
        while database.execute(TRIM, given).rowcount == MAX_AT_ONCE:
            pass
