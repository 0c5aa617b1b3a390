"""What the product costs: each figure a ratio or a count within one run, on this machine."""
