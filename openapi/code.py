"""The code of a function, read as a tree."""

import ast
import builtins
import inspect
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from openapi.raises import Errors, documented, error_named
from runledger.adapters import http


class Code:
    """A function's syntax tree, whose names are those of its module."""

    def __init__(self, tree: ast.Module, module: Mapping[str, Any]) -> None:
        self._nodes = sorted(ast.walk(tree), key=_place)
        self._module = module

    def members(self, variable: str) -> set[str]:
        """Return the names of a variable's attributes that are used."""
        return {node.attr for node in self._attributes() if _is_name(node.value, variable)}

    def calls_of(self, variable: str) -> list[tuple[str, Sequence[Any]]]:
        """Return the calls of a variable's methods, with their arguments."""
        return [
            (call.func.attr, [self._value(arg) for arg in call.args])
            for call in self._calls()
            if isinstance(call.func, ast.Attribute) and _is_name(call.func.value, variable)
        ]

    def option(self, name: str) -> bool:
        """Return a keyword of the `endpoint` decorator."""
        default: bool = inspect.signature(http.endpoint).parameters[name].default
        given = (
            keyword.value.value
            for call in self._calls()
            if _is_name(call.func, "partial")
            for keyword in call.keywords
            if keyword.arg == name and isinstance(keyword.value, ast.Constant)
        )
        return bool(next(given, default))

    def statuses(self) -> list[int]:
        """Return the statuses of the responses: those that are named, and 200 where none is."""
        named = {
            HTTPStatus[node.attr]
            for node in self._attributes()
            if _is_name(node.value, "HTTPStatus")
        }
        responses = [call for call in self._calls() if _is_name(call.func, "Response")]
        return sorted(named | ({HTTPStatus.OK} if any(map(_is_ok, responses)) else set()))

    def errors(self) -> Errors:
        """Return the errors that it raises, and those that the functions it calls document."""
        found: Errors = {}
        for text in map(self._documentation, self._calls()):
            for error, reason in documented(text):
                found.setdefault(error, []).append(reason)
        for node in self._nodes:
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                found.setdefault(error_named(ast.unparse(node.exc.func)), [])
        return found

    def _documentation(self, call: ast.Call) -> str:
        try:
            function = self._value(call.func)
        except LookupError:  # a method of a local variable
            return ""
        is_ours = str(getattr(function, "__module__", "")).startswith("runledger.")
        return (inspect.getdoc(function) or "") if is_ours else ""

    def _value(self, node: ast.expr) -> Any:  # noqa: ANN401
        """Return the value of a constant or of a name of the module.

        Raises:
            LookupError: it is neither.
        """
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Attribute):
            return getattr(self._value(node.value), node.attr)
        if isinstance(node, ast.Name):
            return self._module[node.id] if node.id in self._module else vars(builtins)[node.id]
        raise LookupError(ast.unparse(node))

    def _calls(self) -> Iterator[ast.Call]:
        return (node for node in self._nodes if isinstance(node, ast.Call))

    def _attributes(self) -> Iterator[ast.Attribute]:
        return (node for node in self._nodes if isinstance(node, ast.Attribute))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_ok(response: ast.Call) -> bool:
    """Return whether a response is made without a status."""
    named = {keyword.arg for keyword in response.keywords}
    return len(response.args) < 2 and "status" not in named  # noqa: PLR2004 - body, status


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
