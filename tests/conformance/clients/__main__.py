"""`python -m tests.conformance.clients`: what `make conformance` runs at its end."""

import argparse
import sys

from tests.conformance.clients import running


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.clients")
    parser.add_argument("--against-itself", action="store_true", help="ask the reference instead")
    parser.add_argument("--only", default="", metavar="TEXT", help="claims with this in them")
    options = parser.parse_args()
    return 0 if running.all_hold(options.only, against_itself=options.against_itself) else 1


sys.exit(main())
