"""Log lines as a CSV file for download."""

import csv
import io
from collections.abc import Iterable
from urllib.parse import quote

from runledger.domain.logs import Log

COLUMNS = ("timestamp", "level", "flow_run_id", "task_run_id", "message")


def as_csv(lines: Iterable[Log]) -> str:
    """Return log lines as CSV, with a header line."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows([getattr(line, column) for column in COLUMNS] for line in lines)
    return text.getvalue()


def csv_headers(name: str) -> dict[str, str]:
    """Return the HTTP headers of the CSV file of a run with this name."""
    file = quote(f"{name}-logs.csv", safe="")
    disposition = f"attachment; filename=\"flow-run-logs.csv\"; filename*=UTF-8''{file}"
    return {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": disposition}
