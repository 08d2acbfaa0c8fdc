"""What a programmer reads: the OpenAPI schema, a page to try it on, and the list of error codes."""
