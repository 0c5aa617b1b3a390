"""One line of JSON for each record: the Functions worker forwards a record's message and no more.

JSON escapes line breaks, so that nothing that a caller sent can begin a record of its own.
"""

import json


def line(event: str, **fields: object) -> str:
    """Return the record of an event; fields that are None are left out."""
    given = {name: value for name, value in fields.items() if value is not None}
    return json.dumps({"event": event, **given}, default=str)
