"""The traps of this identity provider; metadata.py and server.py show them."""

from local.simulators.common import Trap

DOWN = (429, 500, 502, 503, 504)

TRAPS = (
    Trap(
        name="keys_down",
        description="The signing keys can't be had.",
        parameters={"status": 503},
        choices={"status": DOWN},
    ),
    Trap(name="keys_empty", description="The set of signing keys is empty."),
    Trap(
        name="keys_malformed",
        description="The set of signing keys can't be used: no JSON, no set, keys without a"
        " modulus, or keys that sign nothing.",
        parameters={"kind": "no_json"},
        choices={"kind": ("no_json", "no_set", "no_modulus", "encryption")},
    ),
    Trap(
        name="metadata_down",
        description="The discovery document can't be had.",
        parameters={"status": 503},
        choices={"status": DOWN},
    ),
    Trap(
        name="slow",
        description="Every answer waits this long.",
        parameters={"milliseconds": 1000, "method": "", "pathContains": ""},
    ),
)
