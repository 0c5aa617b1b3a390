"""The command that adopts, its rules."""
