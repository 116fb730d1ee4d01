"""`python -m retention`: the entry point of `make retention`."""

import sys
from datetime import UTC, datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from local.settings import StartupError
from runledger.domain.errors import Unavailable
from runledger.store.dynamodb.table import Table
from runledger.store.retention import RetentionStore
from runledger.store.store import Shards
from transfer import chosen_table
from transfer.chosen_table import ChosenTable

NO_DAYS = "Finished runs are kept: set RunRetentionDays of the stack, or RUN_RETENTION_DAYS"


def main() -> int:
    try:
        with chosen_table.opened(may_create=False) as chosen:
            said = _set_timers(chosen)
    except (BotoCoreError, ClientError, StartupError, Unavailable) as error:
        sys.stderr.write(f"retention: {error}\n")
        return 1
    sys.stdout.write(f"{said}\n")
    return 0


def _set_timers(chosen: ChosenTable) -> str:
    """Set the timers of a table's finished runs; return what to say of it.

    Raises:
        StartupError: runs are kept for good.
    """
    days = chosen.run_retention_days
    if not days:
        raise StartupError(NO_DAYS)
    table, shards = Table(chosen.client, chosen.table), Shards(chosen.shards, chosen.shards)
    retention = RetentionStore(table, shards, timedelta(days=days))
    number = retention.set_all_timers(datetime.now(UTC))
    return f"{number} finished runs of {chosen.table} leave {days} days after their end"


if __name__ == "__main__":
    sys.exit(main())
