"""The real use cases over simulated days, on services that fail in every way: by seed."""
