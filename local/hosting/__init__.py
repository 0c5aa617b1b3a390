"""Runs an app's registered triggers as the Functions host does."""
