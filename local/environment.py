"""The functions' environment on this machine."""

import os

from local.cloudformation.template import Template
from local.settings import LocalSettings

# Any will do for an emulator; what the user has set for AWS itself stays out of it.
NOBODY = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
# Host and path of the WebSocket API where nothing listens: in-process clients.
UNSERVED = "sockets.invalid/api"
SOMEBODY = ("AWS_PROFILE", "AWS_SESSION_TOKEN")


def prepare(
    template: Template, settings: LocalSettings, endpoint: str, sockets: str = UNSERVED
) -> None:
    """Set Globals' variables with local values, before the first function is imported."""
    os.environ.update(of_functions(template, settings.table, endpoint, sockets))
    if not settings.is_aws:
        os.environ.update(NOBODY)
        for name in SOMEBODY:
            os.environ.pop(name, None)


def of_functions(
    template: Template, table: str, endpoint: str, sockets: str = UNSERVED
) -> dict[str, str]:
    """What Globals declares, with the table, the database and the sockets of this machine."""
    around = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    no_proxy = ",".join(filter(None, [around, "127.0.0.1", "localhost"]))
    return {
        **template.environment,
        "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": f"http://{sockets}",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "POWERTOOLS_METRICS_DISABLED": "true",  # they are lines of JSON on the console
        "TABLE_NAME": table,
        "WEBSOCKET_URL": f"ws://{sockets}",
    }
