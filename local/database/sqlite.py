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
# The newest record stays: dynoxide derives the next number from it. Batches are small since they
# block dynoxide's writes, and ordered so that they leave no gap.
TRIM = """
    DELETE FROM _stream_records WHERE id IN (
        SELECT id FROM _stream_records
        WHERE table_name = :table AND CAST(sequence_number AS INTEGER) <= :number
        AND id < (SELECT MAX(id) FROM _stream_records WHERE table_name = :table)
        ORDER BY CAST(sequence_number AS INTEGER) LIMIT :limit
    )
"""
MAX_BATCH = 500  # records
LOCK_TIMEOUT = 1.0  # seconds, while dynoxide writes


def index_stream(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(INDEX)


def trim_stream(file: Path, table: str, number: int) -> None:
    """Remove the records up to a number that every consumer has processed.

    While dynoxide is busy, leave the rest to a later call.
    """
    parameters = {"table": table, "number": number, "limit": MAX_BATCH}
    database = sqlite3.connect(file, timeout=LOCK_TIMEOUT, isolation_level=None)
    with closing(database), suppress(sqlite3.OperationalError):
        while database.execute(TRIM, parameters).rowcount == MAX_BATCH:
            pass
