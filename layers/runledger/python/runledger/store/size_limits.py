"""What a run may bring, so that it can enter whatever state comes later.

DynamoDB takes 400 KB in an item. What filters ask about stands in the item twice, in its document
and as the facts that indexes carry, and with each state something is added to it.
"""

from pydantic_core import to_json

from runledger.domain.errors import TooLarge
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.task_runs import TaskRun
from runledger.store.dynamodb.writes import Item

# Bytes of the facts. Of the document an item keeps a tenth as much (`pieces`).
MAX_FACTS = 250_000

# Bytes of a state's name as JSON, which stands in the facts twice.
MAX_STATE_NAME = 20_000


def check_facts(item: Item) -> Item:
    """Return an item that leaves room for what states add.

    Raises:
        TooLarge: its name, tags and all else that a filter can ask about are too long.
    """
    length = len(item["facts"].encode())
    if length > MAX_FACTS:
        raise TooLarge(
            f"The name, the tags and what else filters ask about take {length:,} bytes, of which"
            f" {MAX_FACTS:,} can be stored: shorten them."
        )
    return item


def check_changed_facts(item: Item, seen: TaskRun | FlowRun, run: TaskRun | FlowRun) -> Item:
    """Return the item of a run that was read; one that only enters a state is always admitted.

    Raises:
        TooLarge: as above.
    """
    enters_a_state = run.state_id != seen.state_id
    is_named_alike = (run.name, run.tags) == (seen.name, seen.tags)
    return item if enters_a_state and is_named_alike else check_facts(item)


def check_state_name(name: str) -> None:
    """Refuse a state that some run would have no room for.

    Raises:
        TooLarge: its name is too long.
    """
    if len(to_json(name)) > MAX_STATE_NAME:
        raise TooLarge(f"The name of a state takes at most {MAX_STATE_NAME:,} bytes: shorten it.")
