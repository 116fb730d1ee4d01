"""Steps that send requests, and programs made of them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | int | bool | None"
Fields: TypeAlias = Mapping[str, object]

# Stands for an answer that never came, so that a later step still asks both sides the same.
NOBODY = "00000000-0000-4000-8000-00000000dead"

_REFERENCE = re.compile(r"<([A-Za-z]\w*)\.([a-z0-9_.]+)>")


@dataclass(frozen=True)
class RequestStep:
    """One request; `<label.field>` in path and content stands for a value of an earlier answer.

    Of a list in it, `0` is the first: `<label.0.field>`.
    """

    method: str
    path: str
    content: bytes | None = None
    headers: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    label: str = ""

    def repeating(self, name: str, *values: str) -> "RequestStep":
        """The step with a header that is sent several times, in this order."""
        return replace(self, headers={**self.headers, name: values})

    @property
    def header_lines(self) -> list[tuple[str, str]]:
        """The headers as they are sent."""
        spelled = ((n, (v,) if isinstance(v, str) else v) for n, v in self.headers.items())
        return [(name, value) for name, values in spelled for value in values]

    def named(self, label: str) -> "RequestStep":
        return replace(self, label=label)

    def unanswered(self, answers: Mapping[str, Json]) -> list[str]:
        """Return the names in the step that no answer has told."""
        text = self.path + (self.content or b"").decode("latin-1")
        found = _REFERENCE.finditer(text)
        return [it[0] for it in found if _look_up(answers.get(it[1]), it[2]) == NOBODY]

    def filled(self, answers: Mapping[str, Json]) -> "RequestStep":
        """The step as one side gets it, its references replaced by that side's values."""
        content = self.content
        if content is not None and b"<" in content:
            content = _fill(content.decode("latin-1"), answers).encode("latin-1")
        return replace(self, path=_fill(self.path, answers), content=content)


@dataclass(frozen=True)
class Program:
    """Steps that share their data; what they leave behind is deleted afterwards."""

    name: str
    steps: tuple[RequestStep, ...]
    # Programs with `locked` run on servers that ask for a password.
    locked: bool = False
    # Programs that report events run on servers that take them, the reference a moment later.
    reports: bool = False


def program(name: str, *steps: RequestStep, locked: bool = False, reports: bool = False) -> Program:
    """Steps without a label are called s1, s2 and so on, by their place."""
    labelled = (step if step.label else step.named(f"s{n}") for n, step in enumerate(steps, 1))
    return Program(name, tuple(labelled), locked, reports)


def apart(name: str, *steps: RequestStep, locked: bool = False) -> list[Program]:
    """A program for each step, so that none sees what another one did."""
    return [program(f"{name} {n}", step, locked=locked) for n, step in enumerate(steps, 1)]


def some_id(number: int) -> str:
    """An id that a client chose."""
    return f"0bad5eed-0000-4000-8000-{number:012d}"


def _fill(text: str, answers: Mapping[str, Json]) -> str:
    return _REFERENCE.sub(lambda found: _look_up(answers.get(found[1]), found[2]), text)


def _look_up(answer: Json, path: str) -> str:
    for key in path.split("."):
        answer = _inner(answer, key)
    return NOBODY if answer is None else str(answer)


def _inner(answer: Json, key: str) -> Json:
    if isinstance(answer, list):
        return answer[int(key)] if key.isdecimal() and int(key) < len(answer) else None
    return answer.get(key) if isinstance(answer, dict) else None


def post(path: str, body: object, **headers: str) -> RequestStep:
    """A POST of JSON; a header `x_y` is sent as `x-y`."""
    return send("POST", path, body, **headers)


def patch(path: str, body: object, **headers: str) -> RequestStep:
    return send("PATCH", path, body, **headers)


def send(method: str, path: str, body: object, **headers: str) -> RequestStep:
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return raw(method, path, content, **{"content_type": "application/json", **headers})


def raw(method: str, path: str, content: bytes, **headers: str) -> RequestStep:
    """Any bytes, with no content type but the one given."""
    return RequestStep(method, path, content, _spelled(headers))


def get(path: str, **headers: str) -> RequestStep:
    return RequestStep("GET", path, headers=_spelled(headers))


def delete(path: str, **headers: str) -> RequestStep:
    return RequestStep("DELETE", path, headers=_spelled(headers))


def bare(method: str, path: str, **headers: str) -> RequestStep:
    """Any method without a body."""
    return RequestStep(method, path, headers=_spelled(headers))


def _spelled(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
