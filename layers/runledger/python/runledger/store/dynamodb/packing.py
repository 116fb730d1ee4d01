"""Compresses the texts of an item that takes more than one write unit.

DynamoDB bills a write by the kilobyte of its whole item, and a run's document and past states are
most of its item. An item of up to a kilobyte keeps its texts as they are: they can be read in the
console.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

# The texts that are compressed together, in this order, and the attribute that replaces them.
BODY, STATES, PACKED = "body", "states", "packed"
TEXTS = (BODY, STATES)

# Bytes of an item in one write unit.
UNIT = 1024

# Separates the texts: the document, which is JSON of one line, and the lines of past states.
BETWEEN = "\n"

# A window of 4 KB and little memory: a text of a kilobyte takes 20 microseconds, a fifth of the
# time that zlib's defaults take. The stream has no header.
WINDOW, MEMORY, LEVEL = -12, 4, 6

# Texts of which documents are made, the most common last: deflate refers to them.
_FIRST = (
    b'"prefect.resource.id":"prefect.flow.","prefect.resource.role":"flow-run","prefect.resource.'
    b'name":"prefect.tag."prefect.state-message":"","prefect.state-name":"","prefect.state-timestam'
    b'p":"2026-"prefect.state-type":"","prefect.orchestration":"client"}"related":[{"prefect.resour'
    b'ce.id":"prefect.flow-run."payload":{"intended":{"from":"PENDING","to":"RUNNING"},"initial_sta'
    b'te":{"type":"","name":"","message":"","state_details":{}},"validated_state":{"type":"","task_r'
    b'un":{"task_key":"","dynamic_key":"","cache_policy":"occurred":"2026-","event":"prefect.task-ru'
    b'n.Completed","resource":{"prefect.resource.id":"prefect.task-run."follows":"received":"2026-"'
    b'"input_type":"task_run","id":""input_type":"parameter","name":""retry_type":"in_process""retr'
    b'ies":3,"retry_delay":10"message":"","data":{"type":"unpersisted"}"scheduled_time":"2026-"cach'
    b'e_key":""deferred":true"task_parameters_id":""traceparent":"00-"AwaitingRetry","Retrying""FAI'
    b'LED","Failed""CRASHED","Crashed""CANCELLED","Cancelled""SCHEDULED","Scheduled""tags":["parame'
    b'ters":{},"idempotency_key":"","context":{},"deployment_id":"","auto_scheduled":"flow_id":"","f'
    b'low_version":"","infrastructure_pid":"","job_variables":{},"labels":{"prefect.flow.id":"","st'
    b'ate_details":{"flow_run_id":"","task_run_id":"","untrackable_result":true}},{"id":"","type":"P'
    b'ENDING","name":"Pending","timestamp":"2026-11-"RUNNING","Running""COMPLETED","Completed"{"id"'
    b':"","created":"2026-","updated":"2026-","name":"","flow_run_id":"","task_key":"","dynamic_key"'
    b':"","empirical_policy":{"retries":0,"retry_delay":0},"labels":{},"state_id":"","task_inputs":{'
    b'"x":[]},"state_type":"COMPLETED","state_name":"Completed","run_count":1,"flow_run_run_count":1'
    b',"expected_start_time":"2026-","start_time":"2026-","end_time":"2026-","total_run_time":0.00,"'
    b'state":{"id":"","type":"COMPLETED","name":"Completed","timestamp":"2026-","message":"","state_'
    b'details":{"flow_run_id":"","task_run_id":"","untrackable_result":true}}}'
)

# The first byte of what is packed names its dictionary; one that was ever used must stay as it is.
DICTIONARIES: Sequence[bytes] = (_FIRST,)


def packed(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the item with its texts compressed, if it takes more than one write unit as it is."""
    if not isinstance(item.get(BODY), str) or _size(item) <= UNIT:
        return item
    texts = [item[name] for name in TEXTS if name in item]
    rest = {name: value for name, value in item.items() if name not in TEXTS}
    return {**rest, PACKED: _compressed(BETWEEN.join(texts).encode())}


def unpacked(item: dict[str, Any]) -> dict[str, Any]:
    """Return the item with its texts, which may have been compressed."""
    content = item.pop(PACKED, None)
    if content is None:
        return item
    texts = _decompressed(bytes(content)).decode().split(BETWEEN, len(TEXTS) - 1)
    return item | dict(zip(TEXTS, texts, strict=False))


def with_packed(attributes: Sequence[str]) -> Sequence[str]:
    """Return the attributes to read, so that the texts among them are found in either form."""
    return (*attributes, PACKED) if BODY in attributes else attributes


def _compressed(text: bytes) -> bytes:
    number = len(DICTIONARIES) - 1
    deflate = zlib.compressobj(
        LEVEL, zlib.DEFLATED, WINDOW, MEMORY, zlib.Z_DEFAULT_STRATEGY, DICTIONARIES[number]
    )
    return bytes([number]) + deflate.compress(text) + deflate.flush()


def _decompressed(content: bytes) -> bytes:
    inflate = zlib.decompressobj(WINDOW, DICTIONARIES[content[0]])
    return inflate.decompress(content[1:]) + inflate.flush()


def _size(item: Mapping[str, Any]) -> int:
    """Return the bytes that DynamoDB counts of an item, or a few more."""
    return sum(len(name) + _length(value) for name, value in item.items())


def _length(value: object) -> int:
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode())
    if isinstance(value, (int, Decimal)):
        return len(str(value)) // 2 + 2
    return len(value) if isinstance(value, (bytes, bytearray)) else len(repr(value))
