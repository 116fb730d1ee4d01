"""Descriptions of worker types, from which clients make work pools (docs/contract/work-pools.md 6).

The names of variables and of a job's configuration are those that Prefect's workers know.
"""

from runledger.domain.work_pools.ecs_worker_type import ECS
from runledger.domain.work_pools.worker_type import (
    COMMON,
    IMAGE,
    STREAM_OUTPUT,
    Json,
    WorkerType,
    flag,
    placeholder,
    text,
    texts,
    whole,
)

PROCESS = WorkerType(
    "process",
    "Process",
    "prefect",
    "Runs each flow run as a process on the worker's machine.",
    {
        **COMMON,
        "stream_output": STREAM_OUTPUT,
        "working_dir": text(
            "Working directory",
            "The directory of the process; by default a new temporary one.",
            format="path",
        ),
    },
)

DOCKER = WorkerType(
    "docker",
    "Docker",
    "prefect-docker",
    "Runs each flow run in a container on a Docker host.",
    {
        **COMMON,
        "image": IMAGE,
        "image_pull_policy": text(
            "Pull policy",
            "When the image is pulled.",
            enum=["IfNotPresent", "Always", "Never"],
        ),
        "networks": texts("Networks", "Docker networks that the container joins."),
        "network_mode": text("Network mode", "Docker's network mode, such as host or bridge."),
        "auto_remove": flag("Remove", "Remove the container when it ends.", default=False),
        "volumes": texts("Volumes", "Mounted directories, each as machine:container."),
        "stream_output": STREAM_OUTPUT,
        "mem_limit": text("Memory", "The most memory of the container, such as 512m."),
        "memswap_limit": text("Memory and swap", "The most memory and swap together."),
        "privileged": flag("Privileged", "Give the container all rights.", default=False),
    },
)

KUBERNETES = WorkerType(
    "kubernetes",
    "Kubernetes",
    "prefect-kubernetes",
    "Runs each flow run as a job of a Kubernetes cluster.",
    {
        **COMMON,
        "namespace": text("Namespace", "The namespace of the job.", default="default"),
        "image": IMAGE,
        "service_account_name": text("Service account", "The service account of the job's pod."),
        "image_pull_policy": text(
            "Pull policy",
            "When the image is pulled.",
            default="IfNotPresent",
            enum=["IfNotPresent", "Always", "Never"],
        ),
        "finished_job_ttl": whole("Time to live", "Seconds for which a job is kept after its end."),
        "job_watch_timeout_seconds": whole("Job timeout", "Seconds in which the job must end."),
        "pod_watch_timeout_seconds": whole(
            "Pod timeout", "Seconds in which the pod must start.", default=60
        ),
        "stream_output": STREAM_OUTPUT,
    },
    {
        **{name: placeholder(name) for name in (*COMMON, "namespace", "stream_output")},
        "job_watch_timeout_seconds": placeholder("job_watch_timeout_seconds"),
        "pod_watch_timeout_seconds": placeholder("pod_watch_timeout_seconds"),
        "job_manifest": {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {
                "labels": placeholder("labels"),
                "namespace": placeholder("namespace"),
                "generateName": f"{placeholder('name')}-",
            },
            "spec": {
                "backoffLimit": 0,
                "ttlSecondsAfterFinished": placeholder("finished_job_ttl"),
                "template": {
                    "spec": {
                        "parallelism": 1,
                        "completions": 1,
                        "restartPolicy": "Never",
                        "serviceAccountName": placeholder("service_account_name"),
                        "containers": [
                            {
                                "name": "flow-run",
                                "env": placeholder("env"),
                                "image": placeholder("image"),
                                "imagePullPolicy": placeholder("image_pull_policy"),
                                "args": placeholder("command"),
                            }
                        ],
                    }
                },
            },
        },
    },
)

WORKER_TYPES = (PROCESS, DOCKER, KUBERNETES, ECS)

# The views of collections that the reference knows; only that of workers has contents here.
WORKERS = "aggregate-worker-metadata"
EMPTY = ("aggregate-block-metadata", "aggregate-flow-metadata", "demo-flows")


def view(name: str) -> Json | None:
    """Return a view of collections: descriptions by package and type; None if there is none."""
    if name == WORKERS:
        return {known.package: {known.type: known.described()} for known in WORKER_TYPES}
    return {} if name in EMPTY else None
