"""The description of workers that run flow runs on AWS's Elastic Container Service."""

from runledger.domain.work_pools.worker_type import (
    COMMON,
    IMAGE,
    STREAM_OUTPUT,
    Json,
    WorkerType,
    flag,
    placeholder,
    text,
    texts_by_name,
    whole,
)

# A task's definition and the request that runs it, as ECS's API spells them.
ECS_JOB: Json = {
    "task_definition": {
        "family": placeholder("family"),
        "cpu": placeholder("cpu"),
        "memory": placeholder("memory"),
        "executionRoleArn": placeholder("execution_role_arn"),
        "containerDefinitions": [
            {"name": placeholder("container_name"), "image": placeholder("image")}
        ],
    },
    "task_run_request": {
        "cluster": placeholder("cluster"),
        "launchType": placeholder("launch_type"),
        "capacityProviderStrategy": placeholder("capacity_provider_strategy"),
        "taskDefinition": placeholder("task_definition_arn"),
        "tags": placeholder("labels"),
        "overrides": {
            "cpu": placeholder("cpu"),
            "memory": placeholder("memory"),
            "taskRoleArn": placeholder("task_role_arn"),
            "containerOverrides": [
                {
                    "name": placeholder("container_name"),
                    "command": placeholder("command"),
                    "environment": placeholder("env"),
                    "cpu": placeholder("cpu"),
                    "memory": placeholder("memory"),
                }
            ],
        },
    },
}
ECS_VARIABLES: Json = {
    **COMMON,
    "cluster": text("Cluster", "The ECS cluster; by default the account's default one."),
    "image": IMAGE,
    "cpu": whole("CPU", "Units of CPU of the task: 1024 are one virtual CPU."),
    "memory": whole("Memory", "Memory of the task, in MB."),
    "launch_type": text(
        "Launch type",
        "What the task runs on.",
        default="FARGATE",
        enum=["FARGATE", "FARGATE_SPOT", "EC2", "EXTERNAL"],
    ),
    "capacity_provider_strategy": {
        "type": "array",
        "items": {"type": "object"},
        "title": "Capacity providers",
        "description": "ECS's capacity provider strategy; it replaces the launch type.",
    },
    "execution_role_arn": text(
        "Execution role", "The role by which ECS pulls the image and writes logs."
    ),
    "task_role_arn": text("Task role", "The role that the flow run has."),
    "vpc_id": text("VPC", "The VPC of the task; by default the account's default one."),
    "network_configuration": {
        "type": "object",
        "title": "Network",
        "description": "Subnets, security groups and public address, as ECS's API takes them.",
    },
    "task_definition_arn": text("Task definition", "A task definition to use as it is."),
    "family": text("Family", "The family of the task definitions that are registered."),
    "container_name": text("Container", "The container of the flow run in the task definition."),
    "auto_deregister_task_definition": flag(
        "Deregister", "Deregister the task definition when the task has ended.", default=False
    ),
    "match_latest_revision_in_family": flag(
        "Match latest revision", "Use the family's latest revision if it fits.", default=False
    ),
    "configure_cloudwatch_logs": flag(
        "CloudWatch logs", "Send the container's output to CloudWatch.", default=False
    ),
    "cloudwatch_logs_options": texts_by_name(
        "CloudWatch options", "Options of the log driver awslogs."
    ),
    "cloudwatch_logs_prefix": text("CloudWatch prefix", "The prefix of the log streams."),
    "stream_output": STREAM_OUTPUT,
    "task_start_timeout_seconds": whole(
        "Start timeout", "Seconds in which the task must start.", default=300
    ),
    "task_watch_poll_interval": whole(
        "Poll interval", "Seconds between two looks at the task.", default=5
    ),
}
IN_ECS_JOB = (
    *COMMON,
    "auto_deregister_task_definition",
    "cloudwatch_logs_options",
    "cloudwatch_logs_prefix",
    "cluster",
    "configure_cloudwatch_logs",
    "container_name",
    "match_latest_revision_in_family",
    "network_configuration",
    "stream_output",
    "task_start_timeout_seconds",
    "task_watch_poll_interval",
    "vpc_id",
)
ECS = WorkerType(
    "ecs",
    "AWS Elastic Container Service",
    "prefect-aws",
    "Runs each flow run as a task of an ECS cluster, on Fargate or EC2.",
    ECS_VARIABLES,
    {name: placeholder(name) for name in IN_ECS_JOB} | ECS_JOB,
)
