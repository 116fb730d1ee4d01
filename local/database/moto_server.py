"""Moto's server, one call at a time: threads lose updates and tear transactions."""

import sys

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple


def main(host: str, port: str) -> None:
    run_simple(host, int(port), DomainDispatcherApplication(create_backend_app), threaded=False)


main(*sys.argv[1:])
