"""Records the times that the reference computes for schedules.

    .reference-venv/bin/python tests/conformance/record_occurrences.py \
      > tests/domain/deployments/occurrences.json

needs no server. Many of the cases begin near a change of the clock.
"""

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from prefect.server.schemas.schedules import CronSchedule, IntervalSchedule, RRuleSchedule

CASES, TIMES, SEED = 150, 4, 18
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2034, 1, 1, tzinfo=UTC)
HORIZON = timedelta(days=1000)

ZONES = (
    "UTC America/New_York Europe/Berlin Australia/Lord_Howe Asia/Tokyo Africa/Casablanca"
    " Pacific/Apia Asia/Kathmandu Europe/London America/St_Johns Africa/Cairo"
).split()
CRONS = (
    "* * * * *|*/5 * * * *|0 * * * *|30 2 * * *|15,45 2 * * *|30 1 * * *|0 9 * * 1-5|0 0 1 * *"
    "|0 0 31 * *|0 12 29 2 *|0 0 13 * 5|@hourly|@weekly|@yearly|*/20 1-3 * * *|0 0 * * mon#2"
    "|0 0 L * *|0 0 * * L5|5-1 * * * *|*/7 */3 * * *|0 0 * * 7|* * * * * */15|0 0 * * sun,wed"
    "|0 23-3 * * *|0 0 1 jan-jun/2 *|59 23 31 12 *"
).split("|")
RULES = (
    "FREQ=DAILY|FREQ=DAILY;BYHOUR=2;BYMINUTE=30|FREQ=HOURLY|FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=9"
    "|FREQ=WEEKLY;INTERVAL=2;BYDAY=TU|FREQ=MONTHLY;BYMONTHDAY=31|FREQ=MONTHLY;BYDAY=-1FR"
    "|FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1|FREQ=DAILY;COUNT=3000|FREQ=HOURLY;INTERVAL=5"
    "|FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;BYHOUR=2;BYMINUTE=30|FREQ=DAILY;UNTIL=20300101T000000"
    "|DTSTART:20210315T013000\nFREQ=DAILY;INTERVAL=3|FREQ=YEARLY;BYEASTER=0"
    "|DTSTART:20190331T023000\nRRULE:FREQ=DAILY\nEXDATE:20250330T023000"
    "|DTSTART:20240101T000000Z\nFREQ=HOURLY;BYHOUR=1,2,3|FREQ=WEEKLY;INTERVAL=3"
    "|DTSTART:20200101T000000\nRRULE:FREQ=WEEKLY\nRDATE:20260102T030405\nEXRULE:FREQ=MONTHLY"
    "|DTSTART:20231026T003000\nFREQ=MINUTELY;INTERVAL=31|DTSTART:20200229T120000\nFREQ=YEARLY"
).split("|")
MINUTE, HOUR, DAY = 60, 3600, 86_400
INTERVALS: tuple[float, ...] = (
    0.5,
    5,
    45,
    MINUTE,
    HOUR,
    HOUR + 1,
    12 * HOUR,
    DAY - 1,
    DAY,
    25 * HOUR,
    2 * DAY,
)
INTERVALS += (7 * DAY, DAY + 1800, 30 * DAY, 36 * HOUR)
NEAR = (-1500, -130, -61, -30, 0, 29, 30, 45, 90, 300)  # minutes from a change of the clock


def main() -> None:
    chance = random.Random(SEED)  # noqa: S311 - the same cases in each recording
    cases = (case(chance, number) for number in range(CASES))
    sys.stdout.write("[\n" + ",\n".join(json.dumps(one) for one in cases) + "\n]\n")


def case(chance: random.Random, number: int) -> dict[str, Any]:
    zone = chance.choice(ZONES)
    start = beginning(chance, zone)
    model = (CronSchedule, IntervalSchedule, RRuleSchedule)[number % 3]
    if model is CronSchedule:
        fields: dict[str, Any] = {
            "cron": chance.choice(CRONS),
            "timezone": chance.choice([zone, zone, zone, None, ""]),
            "day_or": chance.random() < 0.8,
        }
    elif model is RRuleSchedule:
        fields = {"rrule": chance.choice(RULES), "timezone": zone}
    else:
        interval = chance.choice(INTERVALS)
        anchor = start - timedelta(seconds=min(interval, MINUTE) * chance.randrange(-9, 9999))
        if interval >= HOUR:
            hours = chance.randrange(-40, 5 * 365 * 24)
            anchor = start.replace(minute=30, second=0, microsecond=0) - timedelta(hours=hours)
        fields = {"interval": interval, "anchor_date": anchor.isoformat(), "timezone": zone}
    schedule = model.model_validate(fields)
    times = schedule._get_dates_generator(n=TIMES, start=start, end=start + HORIZON)  # noqa: SLF001
    return {"schedule": fields, "start": start.isoformat(), "times": [str(time) for time in times]}


def beginning(chance: random.Random, zone: str) -> datetime:
    """Return a random start, not in an hour that the clock shows twice.

    There the reference compares times on the clock, not instants, if its Python is older than 3.13.
    """
    for start in candidates(chance, zone):
        local = start.astimezone(ZoneInfo(zone))
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
            return start
    raise AssertionError


def candidates(chance: random.Random, zone: str) -> Iterator[datetime]:
    while True:
        start = FIRST + chance.random() * (LAST - FIRST)
        start = start.replace(microsecond=chance.choice([0, 0, 1, 500_000]))
        change = next_change(start, zone)
        near = change and change + timedelta(minutes=chance.choice(NEAR))
        yield near if near and chance.random() < 0.7 else start


def next_change(after: datetime, zone: str) -> datetime | None:
    """Return when the clock changes next, to the half hour."""
    hours = after.replace(minute=0, second=0, microsecond=0)
    offset = after.astimezone(ZoneInfo(zone)).utcoffset()
    for _ in range(365 * 48):
        hours += timedelta(minutes=30)
        if hours.astimezone(ZoneInfo(zone)).utcoffset() != offset:
            return hours
    return None


if __name__ == "__main__":
    main()
