"""`python -m local`: the entry point of `make run`."""

import os
import sys

from local import server, settings


def main() -> int:
    try:
        server.run(settings.read(os.environ))
    except settings.Unusable as problem:
        sys.stderr.write(f"runledger: {problem}\n")
        return 1
    return 0


sys.exit(main())
