"""The template's Lambda functions, imported at their first call, as in a cold start."""

import importlib.util
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from local.cloudformation.template import Template
from local.rest_api.events import Event, LambdaContext

Handler = Callable[[Event, LambdaContext], Any]


class Functions:
    def __init__(self, template: Template) -> None:
        self._template = template
        self._handlers: dict[str, Handler] = {}
        self._importing = threading.Lock()
        self._write_listeners: list[Callable[[], None]] = []
        self._counting = threading.Lock()
        self.calls: Counter[str] = Counter()

    def call(self, operation: str, event: Event) -> Any:  # noqa: ANN401 the function's return value
        with self._counting:
            self.calls[operation] += 1
        try:
            return self.handler(operation)(event, LambdaContext(operation))
        finally:
            listeners = self._write_listeners if operation in self._template.writers else ()
            for notify in listeners:
                notify()

    def after_writes(self, notify: Callable[[], None]) -> None:
        """Call back after each call of a function that may write to the table."""
        self._write_listeners.append(notify)

    def load_all(self) -> None:
        """Import every function now rather than at its first request."""
        for operation in self._template.operations:
            with suppress(Exception):  # a call of the function raises it again
                self.handler(operation)

    def handler(self, operation: str) -> Handler:
        with self._importing:
            if operation not in self._handlers:
                self._handlers[operation] = self._load(operation)
            return self._handlers[operation]

    def _load(self, operation: str) -> Handler:
        with _variables(self._template.own_environment[operation]):
            return _import(self._template.code[operation], self._template.folder)


@contextmanager
def _variables(own: Mapping[str, str]) -> Iterator[None]:
    """Give a function its own variables, which it reads when it is imported."""
    before = {name: os.environ[name] for name in own if name in os.environ}
    os.environ.update(own)
    try:
        yield
    finally:
        for name in own:
            del os.environ[name]
        os.environ.update(before)


def _import(path: Path, folder: Path) -> Handler:
    name = ".".join(path.relative_to(folder).with_suffix("").parts)
    loaded = sys.modules.get(name)
    if loaded is None or loaded.__file__ != str(path):
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise ImportError(name=name, path=str(path))
        loaded = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(loaded)
        sys.modules[name] = loaded
    handler: Handler = loaded.handler
    return handler
