"""Creates, deletes and recovery by several processes at once, on services that fail: by seed."""
