"""The REST API: routes, authorizer, events and answers as API Gateway has them."""
