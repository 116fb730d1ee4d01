"""`make recount`, as it is called."""

from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add
from runledger.store.schema import keys
from tests.store.support.counting import Counting
from tests.store.support.populations import put_numbered
from tests.support import commands
from tests.support.commands import Command, Outcome
from tests.support.databases import DynamoDB


def recount(database: DynamoDB, table: str = "", command: Command = commands.run_here) -> Outcome:
    chosen = {"TABLE_NAME": table or database.table, "DYNAMODB_ENDPOINT": database.endpoint}
    return command("recount", **chosen)


def test_it_prints_what_was_wrong(on_dynoxide: DynamoDB) -> None:
    put_numbered(on_dynoxide, 3, shards=2)
    counting = Counting(on_dynoxide)
    wrong = Add(keys.count(keys.TASK_RUN, 0), {"PENDING": 2})
    Table(on_dynoxide.client, on_dynoxide.table).write(wrong)
    found = recount(on_dynoxide, command=commands.run)
    assert found == (0, "TASK_RUN PENDING: -2\ncorrected\n", "")
    assert recount(on_dynoxide) == (0, "all counts were right\n", "")
    counting.assert_right()


def test_it_says_that_there_is_no_such_table(on_dynoxide: DynamoDB) -> None:
    message = "recount: There is no table nowhere-at-all with a stream: give TABLE_NAME\n"
    assert recount(on_dynoxide, "nowhere-at-all") == (1, "", message)
