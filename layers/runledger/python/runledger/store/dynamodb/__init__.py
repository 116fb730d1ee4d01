"""DynamoDB: the table, expressions, writes, errors and stream records."""
