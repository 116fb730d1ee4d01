"""Start ministack with what AWS has and it lacks: `launch.py PYTHON`, by ministack's own Python.

PYTHON runs the functions. Ministack would run them by its own interpreter, whose packages would
hide what a layer lacks. It names no domain in a REST API's events. And it unpacks the layers for
each function anew, which took half of a rehearsal's time, and 30 MB each time.
"""

import io
import os
import sys
import tempfile
import threading
import zipfile
from typing import Any

# Ministack has an environment of its own.
from ministack import app  # type: ignore[import-not-found]
from ministack.services import apigateway_v1, lambda_svc  # type: ignore[import-not-found]

REGION = "us-east-1"
# Where ministack's workers look for layers, in their order.
LAYERS = "_LAMBDA_LAYERS_DIRS"

# There is no other way in.
_event = apigateway_v1._build_lambda_event_v1  # noqa: SLF001
_layer = lambda_svc._resolve_layer_zip  # noqa: SLF001

_lock = threading.Lock()
_unpacked: dict[str, str] = {}


def event_with_domain(api_id: str, *arguments: Any, **options: Any) -> dict[str, Any]:
    event: dict[str, Any] = _event(api_id, *arguments, **options)
    event["requestContext"]["domainName"] = f"{api_id}.execute-api.{REGION}.amazonaws.com"
    return event


def unpack_once(attachment: str | dict[str, Any]) -> None:
    """Unpack a layer for all functions, and none for this one: each sees the layers of all."""
    arn = attachment if isinstance(attachment, str) else attachment["Arn"]
    with _lock:
        if arn not in _unpacked:
            _unpacked[arn] = tempfile.mkdtemp(prefix="layer-")
            zipfile.ZipFile(io.BytesIO(_layer(attachment))).extractall(_unpacked[arn])
            os.environ[LAYERS] = os.pathsep.join(_unpacked.values())


if __name__ == "__main__":
    sys.executable = sys.argv.pop(1)
    apigateway_v1._build_lambda_event_v1 = event_with_domain  # noqa: SLF001
    lambda_svc._resolve_layer_zip = unpack_once  # noqa: SLF001
    # A new variable would break the copies of the environment that are made for workers meanwhile.
    os.environ[LAYERS] = ""
    app.main()
