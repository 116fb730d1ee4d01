"""`python -m local`: the entry point of `make run`."""

import os
import sys

from local import server, settings


def main() -> int:
    try:
        server.run(settings.read(os.environ))
    except settings.StartupError as error:
        sys.stderr.write(f"runledger: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
