"""The same programs of requests for the reference and Runledger, and their answers compared."""
