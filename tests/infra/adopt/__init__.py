"""The command that adopts, against the Graph simulator."""
