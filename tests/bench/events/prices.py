"""What AWS asks for, in dollars: on demand, in us-east-1, on arm64, before any free tier."""

MILLION = 1_000_000

WRITE_UNIT, READ_UNIT = 0.625 / MILLION, 0.125 / MILLION
# A month; an item and an entry of an index count for so many bytes more than they have.
GIGABYTE_MONTH, BYTES_OF_AN_ITEM = 0.25, 100
LAMBDA_REQUEST, LAMBDA_GIGABYTE_SECOND = 0.20 / MILLION, 0.0000133334
# Of up to 32 KB, which is all that a frame may have.
WEBSOCKET_MESSAGE = 1.00 / MILLION
