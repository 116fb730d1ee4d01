"""Set a server up with one of all that `prefect transfer` moves."""

from prefect import flow
from prefect.blocks.core import Block
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate, WorkPoolCreate
from prefect.variables import Variable
from pydantic import SecretStr


class Login(Block):  # type: ignore[misc] # its types are in its own environment
    user: str
    password: SecretStr


class Service(Block):  # type: ignore[misc]
    url: str
    login: Login


@flow
def stocked() -> None:
    """Do nothing: it is moved, not run."""


if __name__ == "__main__":
    Variable.set("region", {"name": "eu"}, tags=["kept"])
    login = Login(user="me", password="hidden")
    login.save("mine")
    Service(url="https://example.com", login=login).save("shop")
    with get_client(sync_client=True) as client:
        pool = WorkPoolCreate(name="machines", type="process", concurrency_limit=2)
        client.create_work_pool(pool)
        client.create_global_concurrency_limit(GlobalConcurrencyLimitCreate(name="db", limit=3))
        client.create_concurrency_limit(tag="heavy", concurrency_limit=4)
    stocked.from_source(source=__file__.rpartition("/")[0], entrypoint="stocked.py:stocked").deploy(
        name="nightly",
        work_pool_name="machines",
        work_queue_name="urgent",
        cron="0 4 * * *",
        tags=["kept"],
        ignore_warnings=True,
    )
