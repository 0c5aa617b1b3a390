"""The parts of the benchmark; each runs alone and returns its figures."""

LATENCY = 0.05
"""Seconds that every upstream takes."""

EVERYWHERE = {"graph": LATENCY, "mail": LATENCY, "tables": LATENCY}
