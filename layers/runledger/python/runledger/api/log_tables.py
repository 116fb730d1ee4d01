"""Lines of logs as a table to be downloaded."""

import csv
import io
from collections.abc import Iterable
from urllib.parse import quote

from runledger.domain.logs import Log

COLUMNS = ("timestamp", "level", "flow_run_id", "task_run_id", "message")


def as_csv(lines: Iterable[Log]) -> str:
    """Spell lines as comma-separated values, under a line that names the columns."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(COLUMNS)
    table.writerows([getattr(line, column) for column in COLUMNS] for line in lines)
    return text.getvalue()


def csv_headers(name: str) -> dict[str, str]:
    """Return the headers of such a table, which is to be kept under a run's name."""
    file = quote(f"{name}-logs.csv", safe="")
    kept = f"attachment; filename=\"flow-run-logs.csv\"; filename*=UTF-8''{file}"
    return {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": kept}
