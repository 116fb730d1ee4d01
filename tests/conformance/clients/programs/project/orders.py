"""The flow of a project, which runs where its job variables say so."""

import os

from prefect import flow


@flow
def collect(shop: str) -> None:
    found = os.environ.get("SHOP")
    if found != shop:
        raise ValueError(f"this is {found}, not {shop}")
