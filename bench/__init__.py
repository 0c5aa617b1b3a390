"""How fast things are: measured on request, never in a test."""
