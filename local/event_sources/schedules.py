"""EventBridge's event for a scheduled function."""

import uuid
from datetime import UTC, datetime

from local.cloudformation.triggers import FunctionSchedule
from local.rest_api.events import ACCOUNT, Event


def scheduled_event(schedule: FunctionSchedule) -> Event:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": "local",
        "resources": [f"arn:aws:events:local:{ACCOUNT}:rule/{schedule.name}"],
        "detail": {},
    }
