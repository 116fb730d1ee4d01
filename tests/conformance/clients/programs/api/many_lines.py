"""A flow that logs as many lines as it is told, as fast as it can."""

import json
import sys

from prefect import flow, get_run_logger


@flow
def many_lines(count: int) -> None:
    logger = get_run_logger()
    for number in range(count):
        logger.info("row %05d of customers.csv was read", number)


print(json.dumps(many_lines(int(sys.argv[1]))))
