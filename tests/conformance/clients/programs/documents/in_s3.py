"""A bucket that the API knows as a block, and the results of a task and of a flow in it.

Save the block for an S3 at a URL, write to the bucket and read from it, run the flow, read what a
run of it returned, serve the task, or let a worker run it.
"""

import json
import sys

from prefect import flow, task
from prefect.client.orchestration import get_client
from prefect.task_worker import serve
from prefect_aws import AwsCredentials, S3Bucket
from prefect_aws.client_parameters import AwsClientParameters

NAME, BUCKET = "orders", "orders"
KEPT = {"persist_result": True, "result_storage": f"s3-bucket/{NAME}"}


@task(**KEPT)
def total(amounts: list[int]) -> int:
    return sum(amounts)


@flow(**KEPT)
def total_of(day: str) -> dict[str, int]:
    return {day: total([len(day), 32])}


def save(url: str) -> str:
    parameters = AwsClientParameters(endpoint_url=url)
    credentials = AwsCredentials(
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
        aws_client_parameters=parameters,
    )
    credentials.save(NAME)
    credentials.get_s3_client().create_bucket(Bucket=BUCKET)
    bucket = S3Bucket(bucket_name=BUCKET, credentials=credentials, bucket_folder="results")
    return str(bucket.save(NAME))


def write(text: str) -> list[str]:
    """Write a text by the block that was saved; return it as it is read, and the keys."""
    bucket = S3Bucket.load(NAME)
    bucket.write_path("notes.txt", text.encode())
    read = bucket.read_path("notes.txt").decode()
    return [read, *(one["Key"] for one in bucket.list_objects())]


def kept(run_id: str) -> dict[str, int]:
    """Return a run's result, for a program that knows nothing but the run's id."""
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run_id).state.result()


def later(amounts: str) -> int:
    return total.delay(json.loads(amounts)).result(timeout=120)


KINDS = {"save": save, "write": write, "run": total_of, "read": kept, "later": later}

if sys.argv[1:] == ["serve"]:
    serve(total)
else:
    kind, argument = sys.argv[1:]
    print(json.dumps(KINDS[kind](argument)))
