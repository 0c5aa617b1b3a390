"""What runs in the process that is measured: the product, or a floor program beside it."""
