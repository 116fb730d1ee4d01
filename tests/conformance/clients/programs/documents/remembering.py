"""Serve a flow that reads a variable and sets it."""

from prefect import flow
from prefect.variables import Variable


@flow
def remember(more: int) -> None:
    known = Variable.get("total", default={"sum": 0})
    assert Variable.get("none", default="nothing") == "nothing"
    Variable.set("total", {"sum": known["sum"] + more}, tags=["kept"], overwrite=True)


if __name__ == "__main__":
    remember.serve(name="remembered")
