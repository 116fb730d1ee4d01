"""CloudFormation's tags and functions, if they can be resolved without AWS."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

try:  # libyaml takes a seventh of the time
    from yaml import CSafeLoader as SafeLoader
except ImportError:
    from yaml import SafeLoader  # type: ignore[assignment]

Resolve = Callable[[Any], Any]
CONDITIONS = "Conditions"  # a key beside the names of parameters


class Loader(SafeLoader):
    """Reads `!Sub text` in its long form, `{"Fn::Sub": text}`."""


def _long_form(loader: Loader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: node.value}


Loader.add_multi_constructor("!", _long_form)


def resolver(document: Mapping[str, Any], parameters: Mapping[str, str]) -> Resolve:
    """Return a function that replaces references to parameters, resources and conditions.

    A missing parameter has its default value; a resource becomes its logical id.
    """
    declared = document.get("Parameters", {}).items()
    known = {name: parameters.get(name, details.get("Default", "")) for name, details in declared}
    known[CONDITIONS] = document.get("Conditions", {})

    def resolve(node: Any) -> Any:  # noqa: ANN401 any piece of YAML
        if isinstance(node, list):
            return [resolve(entry) for entry in node]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and (function := FUNCTIONS.get(next(iter(node)))):
            return function(next(iter(node.values())), resolve, known)
        values = {name: resolve(value) for name, value in node.items()}
        return {name: value for name, value in values.items() if value != "AWS::NoValue"}

    return resolve


def _reference(name: str, _: Resolve, known: Mapping[str, Any]) -> Any:  # noqa: ANN401
    return known.get(name, name)


def _attribute(argument: str | list[str], *_: object) -> str:
    return argument if isinstance(argument, str) else ".".join(argument)


def _substitute(argument: str | list[Any], resolve: Resolve, known: Mapping[str, Any]) -> str:
    text, variables = (argument, {}) if isinstance(argument, str) else argument
    values = known | resolve(variables)
    return re.sub(r"\$\{([^!}]+)\}", lambda match: str(values.get(match[1], match[1])), text)


def _choose(argument: list[Any], resolve: Resolve, known: Mapping[str, Any]) -> Any:  # noqa: ANN401
    condition, then, otherwise = argument
    return resolve(then if resolve(known[CONDITIONS][condition]) else otherwise)


def _condition(name: str, resolve: Resolve, known: Mapping[str, Any]) -> Any:  # noqa: ANN401
    return resolve(known[CONDITIONS][name])


FUNCTIONS: Mapping[str, Callable[[Any, Resolve, Mapping[str, Any]], Any]] = {
    "Ref": _reference,
    "Condition": _condition,
    "Fn::And": lambda parts, resolve, _: all(resolve(parts)),
    "Fn::Equals": lambda pair, resolve, _: resolve(pair[0]) == resolve(pair[1]),
    "Fn::GetAtt": _attribute,
    "Fn::If": _choose,
    "Fn::Join": lambda pair, resolve, _: pair[0].join(map(str, resolve(pair[1]))),
    "Fn::Not": lambda parts, resolve, _: not resolve(parts[0]),
    "Fn::Or": lambda parts, resolve, _: any(resolve(parts)),
    "Fn::Select": lambda pair, resolve, _: resolve(pair[1])[int(pair[0])],
    "Fn::Split": lambda pair, resolve, _: resolve(pair[1]).split(pair[0]),
    "Fn::Sub": _substitute,
}
