"""Everything that the product talks to, in a process of its own, slow by a fixed time."""
