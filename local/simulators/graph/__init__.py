"""A Microsoft Graph v1.0 that knows the endpoints which the product uses, and their traps."""
