"""The DynamoDB table: keys, items, access paths and conditional writes."""
