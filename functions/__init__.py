"""Triggers: the only place that knows azure.functions. They parse, call and present."""
