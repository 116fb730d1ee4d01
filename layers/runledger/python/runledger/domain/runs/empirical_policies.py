"""Empirical policies: the retries and pauses of a run (docs/contract/task-runs.md 2.3)."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from runledger.domain.values import Value

MAX_RETRY_DELAYS = 50

Seconds = Annotated[float, Field(allow_inf_nan=False)]
Delays = int | Seconds | list[int] | list[Seconds]

# Deprecated keys and their successors, which they set if those are falsy.
SUCCESSORS = {"max_retries": "retries", "retry_delay_seconds": "retry_delay"}


class EmpiricalPolicy(Value):
    """The fields that task runs' and flow runs' policies share."""

    max_retries: int = 0
    retry_delay_seconds: Seconds = 0.0
    retries: int | None = None

    @model_validator(mode="before")
    @classmethod
    def copy_deprecated_keys(cls, given: object) -> object:
        """Copy each deprecated key that has a value into its successor.

        It changes the client's own object, as the reference does: a 422 has it in `request_body`.
        """
        if isinstance(given, dict):
            set_keys = {
                new: given[old] for old, new in SUCCESSORS.items() if given.get(old, 0) != 0
            }
            given |= {new: old for new, old in set_keys.items() if not given.get(new)}
        return given


class TaskRunPolicy(EmpiricalPolicy):
    retry_delay: Delays | None = None
    retry_jitter_factor: Seconds | None = None

    @field_validator("retry_delay")
    @classmethod
    def bound_delays(cls, delay: Delays | None) -> Delays | None:
        """Refuse more delays than the reference takes."""
        if isinstance(delay, list) and len(delay) > MAX_RETRY_DELAYS:
            raise ValueError(
                f"Can not configure more than {MAX_RETRY_DELAYS} retry delays per task."
            )
        return delay

    @field_validator("retry_jitter_factor")
    @classmethod
    def refuse_negative_jitter(cls, factor: float | None) -> float | None:
        """Refuse a factor that would make a delay negative."""
        if factor is not None and factor < 0:
            raise ValueError("`retry_jitter_factor` must be >= 0.")
        return factor


class FlowRunPolicy(EmpiricalPolicy):
    retry_delay: int | None = None
    pause_keys: set[str] | None = Field(default_factory=set)
    resuming: bool | None = False
    retry_type: Literal["in_process", "reschedule"] | None = None
