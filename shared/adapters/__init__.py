"""The outside world: one vendor each. No adapter knows a use case."""
