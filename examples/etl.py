"""An ETL flow: extract with retries, transform orders side by side, load them into SQLite.

python etl.py                       # the orders of one day, into orders.db
python etl.py 2026-11-02 other.db
"""

import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from prefect import flow, task
from prefect.runtime import task_run

DAY, DATABASE = "2026-11-01", Path("orders.db")
EURO_CENTS = {"EUR": 1.0, "USD": 0.9, "GBP": 1.2}

Order = tuple[str, str, int]  # number, currency, cents


@task(retries=3, retry_delay_seconds=[1, 5, 30])
def extract(day: str) -> list[Order]:
    """Ask a shop for its orders. It is down at the first attempt, as shops are."""
    if task_run.run_count == 1:
        raise ConnectionError("the shop does not answer")
    return [(f"{day}/1", "EUR", 1250), (f"{day}/2", "USD", 8000), (f"{day}/3", "GBP", 500)]


@task
def in_euros(order: Order) -> Order:
    number, currency, cents = order
    return number, "EUR", round(cents * EURO_CENTS[currency])


@task(retries=1)
def load(orders: Sequence[Order], database: Path) -> int:
    """Write each order once, however often the flow runs; return how many there are."""
    with closing(sqlite3.connect(database)) as db, db:
        db.execute("CREATE TABLE IF NOT EXISTS orders (number PRIMARY KEY, currency, cents)")
        db.executemany("INSERT OR REPLACE INTO orders VALUES (?, ?, ?)", orders)
        return int(db.execute("SELECT count(*) FROM orders").fetchone()[0])


@flow(log_prints=True)
def etl(day: str = DAY, database: Path = DATABASE) -> int:
    orders = extract(day)
    converted = in_euros.map(orders).result()
    stored = load(converted, database)
    print(f"{len(converted)} orders of {day}, {stored} in {database}")
    return stored


if __name__ == "__main__":
    etl(*sys.argv[1:])
