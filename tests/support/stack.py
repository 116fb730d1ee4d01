"""The stack that AWS makes of template.yaml: what SAM's translator turns it into."""

import json
from functools import cache
from typing import Any

import boto3
import yaml

from local.cloudformation import intrinsics
from local.cloudformation.template import REPOSITORY


@cache
def transformed(**parameters: str) -> dict[str, Any]:
    """The template without SAM's resources; parameters that are not given have their defaults."""
    # Half a second with the translation, which most workers need not spend.
    from samtranslator.parser.parser import Parser  # noqa: PLC0415
    from samtranslator.translator.translator import Translator  # noqa: PLC0415

    text = (REPOSITORY / "template.yaml").read_text("utf-8")
    template = yaml.load(text, intrinsics.Loader)  # noqa: S506 a SafeLoader
    # As JSON, for the translator changes what it reads, and an alias is the same object each time.
    template = json.loads(json.dumps(template), object_hook=as_sent)
    declared = template["Parameters"].items()
    values = {name: details["Default"] for name, details in declared} | parameters
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name="us-east-1"))
    stack: dict[str, Any] = translator.translate(template, values)
    return stack


def resources() -> dict[str, Any]:
    """The resources of the stack by their names."""
    found: dict[str, Any] = transformed()["Resources"]
    return found


def as_sent(node: dict[str, Any]) -> dict[str, Any]:
    """A node as `sam deploy` sends it: code in a bucket, `!GetAtt a.b` as a list."""
    for name in node.keys() & {"CodeUri", "ContentUri"}:
        node[name] = f"s3://bucket/{node[name]}"
    if isinstance(attribute := node.get("Fn::GetAtt"), str):
        node["Fn::GetAtt"] = attribute.split(".", 1)
    return node
