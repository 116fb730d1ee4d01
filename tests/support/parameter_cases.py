"""Requests about parameters, and what the reference answered to them."""

import json
from pathlib import Path
from typing import Any

JSON = dict[str, Any]

DATA = Path(__file__).parents[1] / "domain/deployments/parameters.json"
LISTS = "schemas", "placeholders"


def recorded() -> JSON:
    """Return the lists of cases, `schemas` and `placeholders`, with their answers."""
    cases: JSON = json.loads(DATA.read_text("utf-8"))
    return cases


def write(cases: JSON) -> None:
    """Write a case a line, so that a change of one shows as such."""
    lists = (f'"{name}": [\n{_lines(cases[name])}\n]' for name in LISTS)
    members = ",\n".join((f'"about": {_line(cases["about"])}', *lists))
    DATA.write_text(f"{{{members}}}\n", "utf-8")


def _lines(cases: list[JSON]) -> str:
    return ",\n".join(map(_line, cases))


def _line(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
