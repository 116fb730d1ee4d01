"""What only Prefect's site asks for, and is answered (contract, clients 6)."""

from runledger.domain.task_runs import TaskRun


class UITaskRun(TaskRun):
    """A task run, and what its flow run is called."""

    flow_run_name: str | None = None

    @classmethod
    def of(cls, run: TaskRun, flow_run_name: str | None) -> "UITaskRun":
        """Tell a task run."""
        return cls.model_construct(None, **dict(run), flow_run_name=flow_run_name)
