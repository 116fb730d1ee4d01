"""The functions' environment on this machine."""

import os

from local.cloudformation.template import Template
from local.settings import LocalSettings

# Emulators accept any credentials; the user's own must not reach them.
DUMMY_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
# Host and path of the WebSocket API where nothing listens: in-process clients.
NO_WEBSOCKET_API = "sockets.invalid/api"
USER_CREDENTIALS = ("AWS_PROFILE", "AWS_SESSION_TOKEN")


def prepare(
    template: Template,
    settings: LocalSettings,
    endpoint: str,
    websocket_api: str = NO_WEBSOCKET_API,
) -> None:
    """Set Globals' variables with local values, before the first function is imported."""
    os.environ.update(function_variables(template, settings.table, endpoint, websocket_api))
    if not settings.is_aws:
        os.environ.update(DUMMY_CREDENTIALS)
        for name in USER_CREDENTIALS:
            os.environ.pop(name, None)


def function_variables(
    template: Template, table: str, endpoint: str, websocket_api: str = NO_WEBSOCKET_API
) -> dict[str, str]:
    """Globals' variables, with this machine's table, database and WebSocket API."""
    inherited = os.environ.get("NO_PROXY") or os.environ.get("no_proxy")
    no_proxy = ",".join(filter(None, [inherited, "127.0.0.1", "localhost"]))
    return {
        **template.environment,
        "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI": f"http://{websocket_api}",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
        "POWERTOOLS_METRICS_DISABLED": "true",  # metrics would be lines of JSON on the console
        "TABLE_NAME": table,
        "WEBSOCKET_URL": f"ws://{websocket_api}",
    }
