"""The DynamoDB of the local server: dynoxide, moto, or another endpoint."""
