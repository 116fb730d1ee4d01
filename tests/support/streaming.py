"""The stream of a table and the schedules of a template, driven by hand."""

from local.cloudformation.template import Template
from local.event_sources import streams
from local.event_sources.batches import DeadLetter
from local.event_sources.schedules import scheduled_event
from local.functions import Functions
from tests.support.databases import DynamoDB, stream_of


class Streaming:
    """The follow-up of writes happens when `pump` is called, in this thread."""

    def __init__(self, template: Template, database: DynamoDB) -> None:
        """Give the table its stream: what is written from here on is in it."""
        self.dead_letters: list[DeadLetter] = []
        self._template = template
        self._functions = Functions(template)
        self._consumers = streams.consumers(
            template.streams,
            stream_of(database),
            self._functions,
            on_failure=self.dead_letters.append,
            wait=lambda _: None,
        )

    def pump(self) -> None:
        """Deal with all records, and with those that this adds."""
        streams.pump(self._consumers)

    def run_schedule(self, operation: str) -> None:
        """Call a function as its schedule does."""
        (schedule,) = [s for s in self._template.schedules if s.operation == operation]
        self._functions.call(operation, scheduled_event(schedule))
