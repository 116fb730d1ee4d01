"""The OpenAPI document of the API, made from the template's routes and the functions' code."""
