import httpx

from tests.functions.blocks.blocking import create, new_schema, new_type, placed
from tests.support.keys import add_key, bearer

SECRET, STARS = "nobody-shall-read-this", "********"


def test_a_read_key_gets_no_secrets(closed: httpx.Client) -> None:
    write, read = (bearer(add_key(scope, scope)) for scope in ("write", "read"))
    closed.headers.update(write)
    schema = new_schema(closed, new_type(closed), title="Database", secret_fields=["password"])
    document = create(
        closed, "block_documents", name="main", data={"password": SECRET}, **placed(schema)
    )
    path = f"/block_documents/{document['id']}"
    of_type = "/block_types/slug/database/block_documents"
    for one in (path, of_type, f"{of_type}/name/main"):
        asked = {"include_secrets": "true"}
        assert SECRET in closed.get(one, params=asked, headers=write).text
        assert closed.get(one, params=asked, headers=read).status_code == 403
        assert STARS in closed.get(one, headers=read).text
    listed = "/block_documents/filter"
    body = {"include_secrets": True}
    assert SECRET in closed.post(listed, json=body, headers=write).text
    assert closed.post(listed, json=body, headers=read).status_code == 403
