"""The ids of the sample tenant. They never change, so that texts and bookmarks may name them.

The first digit says of what an id is: 0 tenant and portal, 1 user, 2 group, 3 application's object,
4 client, 5 secret, 6 permission, 7 service principal, 8 directory role.
"""

from typing import Final


def guid(kind: int, number: int) -> str:
    """Return the id of the nth thing of a kind."""
    return f"{kind}0000000-0000-4000-8000-{number:012d}"


TENANT_ID: Final = guid(0, 1)
PORTAL_CLIENT_ID: Final = guid(0, 2)
PORTAL_SERVICE_PRINCIPAL_ID: Final = guid(0, 3)
IDENTITY_PRINCIPAL_ID: Final = guid(0, 4)
CREDENTIAL_ROLE_ID: Final = "5b8c2f0e-3d51-4c57-9d6a-8f1e2a7c4b90"
RESOURCE_ROLE: Final = guid(6, 1)
OPERATIONS_ROLE_ID: Final = guid(6, 2)
SCOPE: Final = "Credentials.Manage"

SEARCH: Final = "5df05a6d-8ef0-49fe-9441-62cd9b540376"
SEARCH_SANDBOX: Final = "f6d78a69-c840-46a2-941b-a0e08f9296e7"
MATCH: Final = "00f6f281-2c36-45a4-97ae-79d745265090"
MATCH_SANDBOX: Final = "fd05059b-9c9e-443c-a7e7-bc4ddfe29f5c"
DATA: Final = "577a3074-a64c-44e5-b394-bf40eb53413a"
DATA_SANDBOX: Final = "4ff9e943-41d7-4430-b1cf-5502b9440601"
GRAPH: Final = "00000003-0000-0000-c000-000000000000"
GRAPH_USER_READ: Final = "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
GRAPH_USER_READ_ALL: Final = "df021288-bdef-4463-88db-98f22de89214"

JANE, RICHARD, ERIKA, MAX, JEAN, JAN, MARIO, OLA, NOBODY = (guid(1, n) for n in range(1, 10))
JOE: Final = guid(1, 10)
NL, DE, FR, PL, NO, IT, AT, STAFF = (guid(2, number) for number in range(1, 9))
OPERATIONS: Final = guid(2, 9)
