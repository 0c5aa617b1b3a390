"""What the portal does: one use case a file, known only to the composition root."""
