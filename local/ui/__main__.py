"""`python -m local.ui FOLDER`: serve the UIs in the folder of the package `prefect`."""

import os
import sys

from local.settings import StartupError
from local.ui import serving, settings


def main() -> int:
    try:
        serving.run(settings.read(os.environ, sys.argv[1:]))
    except StartupError as error:
        sys.stderr.write(f"runledger: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
