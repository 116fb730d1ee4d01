"""The sample events of `events/`: one for each function, as AWS sends them."""

import json
from pathlib import Path
from typing import Any

EVENTS = Path(__file__).parents[2] / "events"

PATHS = {path.stem: path for path in EVENTS.glob("*/*.json")}


def sample_event(operation: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(PATHS[operation].read_text("utf-8"))
    return event
