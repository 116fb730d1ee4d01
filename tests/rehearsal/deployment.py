"""`sam build` and `sam deploy` to the emulator, and what they made there."""

import hashlib
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.conformance.servers import ROOT
from tests.rehearsal.emulator import FUNCTIONS, Emulator
from tests.rehearsal.report import RehearsalError
from tests.support.databases import TEMPLATE
from tests.test_template import listed, statements

SAM = ROOT / ".sam-venv" / "bin" / "sam"
BUILT = ROOT / "build" / "rehearsal"
STACK = "rehearsal"
# The credentials in the sample events.
AUTH = "user:password"
REDIRECTS = "redirect_websocket"
# What wheels call a processor, where Python has another name for it.
PROCESSORS = {"arm64": "aarch64"}
LONGEST = 600.0  # seconds


def python_version() -> str:
    """Return the version of the Python that runs the functions, such as 3.13."""
    command = [str(FUNCTIONS), "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def build(version: str) -> Path:
    """Build with layers for a version of Python on this processor; return the built template."""
    folder, processor = BUILT / version, platform.machine()
    places = ("--build-dir", str(folder / "build"), "--cache-dir", str(folder / "cache"))
    # Each function unpacks both layers when it starts: what is for another processor takes time.
    processors = {"LAYER_CPUS": PROCESSORS.get(processor, processor)}
    _sam("build", *places, LAYER_PYTHON=version, **processors)
    return folder / "build" / "template.yaml"


def deploy(emulator: Emulator, built: Path, **parameters: str) -> "Stack":
    """Deploy a stack, or the same one again with other parameters."""
    parameters["AuthSha256"] = hashlib.sha256(AUTH.encode()).hexdigest()
    overrides = [f"{name}={value}" for name, value in parameters.items()]
    asked = ("--template-file", str(built), "--stack-name", STACK, "--no-confirm-changeset")
    options = ("AlarmEmail=team@example.com", "Dashboard=on", "AccessLogs=on", "RunRetentionDays=1")
    given = ("--no-progressbar", "--parameter-overrides", *overrides, *options)
    _sam("deploy", *asked, *given, **emulator.environment())
    stack = Stack(emulator)
    stack.lead_to_loopback()
    return stack


def _sam(*command: str, **environment: str) -> None:
    """Run SAM in the repository, with its settings there.

    Raises RehearsalError if it fails.
    """
    try:
        done = _run(*command, **environment)
    except subprocess.TimeoutExpired:
        raise RehearsalError(f"sam {command[0]} took more than {LONGEST:.0f} s") from None
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-30:])
        raise RehearsalError(f"sam {command[0]} failed:\n{said}")


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SAM), *command, "--config-file", str(ROOT / "samconfig.toml")],
        cwd=ROOT,
        env={**os.environ, "SAM_CLI_TELEMETRY": "0", **environment},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )


@dataclass(frozen=True)
class Stack:
    emulator: Emulator

    @cached_property
    def resources(self) -> Mapping[str, str]:
        """The physical id of each resource, by its name in the template."""
        client = self.emulator.client("cloudformation")
        pages = client.get_paginator("list_stack_resources").paginate(StackName=STACK)
        return {
            resource["LogicalResourceId"]: resource["PhysicalResourceId"]
            for page in pages
            for resource in page["StackResourceSummaries"]
        }

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        (stack,) = self.emulator.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    @cached_property
    def functions(self) -> Mapping[str, str]:
        """The operation of each deployed function, by the function's name.

        Raises RehearsalError if an operation of the template has no function.
        """
        names = {
            operation: self.resources.get(resource_name(operation))
            for operation in TEMPLATE.operations
        }
        if missing := [operation for operation, name in names.items() if name is None]:
            raise RehearsalError(f"these functions were not deployed: {', '.join(missing)}")
        return {str(name): operation for operation, name in names.items()}

    def role(self, operation: str) -> str:
        return self.resources[f"{resource_name(operation)}Role"]

    def url(self, api: str, scheme: str = "http") -> str:
        """The address of an API's stage, by its path: names below `localhost` have no address."""
        address = self.emulator.url.partition("://")[2]
        return f"{scheme}://{address}/_aws/execute-api/{self.resources[api]}/{TEMPLATE.stage}"

    def lead_to_loopback(self) -> None:
        """Give who uses the WebSocket API its address here, since they have that of AWS."""
        client = self.emulator.client("lambda")
        here = {
            "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": self.url("WebSocketApi"),
            "WEBSOCKET_URL": self.url("WebSocketApi", "ws"),
        }
        for operation in (REDIRECTS, *(one for one in TEMPLATE.operations if posts(one))):
            name = self.resources[resource_name(operation)]
            variables: dict[str, Any] = client.get_function_configuration(FunctionName=name)[
                "Environment"
            ]["Variables"]
            client.update_function_configuration(
                FunctionName=name, Environment={"Variables": variables | here}
            )


def posts(operation: str) -> bool:
    """Return whether a function may post to WebSockets."""
    actions = (action for grant in statements(operation) for action in listed(grant["Action"]))
    return "execute-api:ManageConnections" in actions


def resource_name(operation: str) -> str:
    """Return the name of an operation's function in the template."""
    return "".join(re.split("_", operation.title())) + "Function"
