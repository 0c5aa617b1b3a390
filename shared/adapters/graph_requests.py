"""The requests that the directory sends, built by the SDK.

What is asked for is read by graph_reading: no generated model is parsed, which would cost more than
3 ms of CPU per application.
"""

from collections.abc import Collection
from uuid import UUID

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.applications.item.add_password.add_password_post_request_body import (
    AddPasswordPostRequestBody,
)
from msgraph.generated.applications.item.remove_password.remove_password_post_request_body import (
    RemovePasswordPostRequestBody,
)
from msgraph.generated.applications_with_app_id.applications_with_app_id_request_builder import (
    ApplicationsWithAppIdRequestBuilder,
)
from msgraph.generated.groups.item.members.graph_user.graph_user_request_builder import (
    GraphUserRequestBuilder,
)
from msgraph.generated.models.password_credential import PasswordCredential
from msgraph.generated.oauth2_permission_grants.oauth2_permission_grants_request_builder import (
    Oauth2PermissionGrantsRequestBuilder,
)
from msgraph.generated.service_principals.item.app_role_assigned_to.app_role_assigned_to_request_builder import (  # noqa: E501 - the generator's name
    AppRoleAssignedToRequestBuilder,
)
from msgraph.generated.service_principals.service_principals_request_builder import (
    ServicePrincipalsRequestBuilder,
)
from msgraph.generated.users.item.check_member_groups.check_member_groups_post_request_body import (
    CheckMemberGroupsPostRequestBody,
)

from shared.domain.ids import ClientId, GroupId, KeyId, ObjectId, UserId
from shared.ports.directory import SecretRequest

PAGE_SIZE = 999
"""Graph's largest."""

# Never keyCredentials: selecting them is throttled to 150 requests a minute.
APPLICATION_FIELDS = [
    "id",
    "appId",
    "displayName",
    "tags",
    "passwordCredentials",
    "requiredResourceAccess",
]
PRINCIPAL_FIELDS = ["id", "appId", "displayName"]
OWNER_IDS = ["owners($select=id)"]
MEMBER_FIELDS = [
    "id",
    "mail",
    "otherMails",
    "userPrincipalName",
    "userType",
    "accountEnabled",
]

_ApplicationsQuery = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters
_ApplicationQuery = (
    ApplicationsWithAppIdRequestBuilder.ApplicationsWithAppIdRequestBuilderGetQueryParameters
)
_MembersQuery = GraphUserRequestBuilder.GraphUserRequestBuilderGetQueryParameters
_AssignmentsQuery = (
    AppRoleAssignedToRequestBuilder.AppRoleAssignedToRequestBuilderGetQueryParameters
)

_PrincipalsQuery = ServicePrincipalsRequestBuilder.ServicePrincipalsRequestBuilderGetQueryParameters
_ConsentsQuery = (
    Oauth2PermissionGrantsRequestBuilder.Oauth2PermissionGrantsRequestBuilderGetQueryParameters
)


class Requests:
    """Builds each request on the SDK's own paths."""

    def __init__(self, client: GraphServiceClient) -> None:
        self._client = client

    def applications(self) -> RequestInformation:
        """All applications of the tenant."""
        return self._applications(None)

    def applications_tagged(self, tags: Collection[str]) -> RequestInformation:
        """The applications that carry any of the tags."""
        any_of = " or ".join("t eq '{}'".format(tag.replace("'", "''")) for tag in tags)
        return self._applications(f"tags/any(t:{any_of})")

    def applications_with(self, client_ids: Collection[ClientId]) -> RequestInformation:
        """The applications of these client ids."""
        return self._applications(" or ".join(f"appId eq '{each}'" for each in client_ids))

    def _applications(self, condition: str | None) -> RequestInformation:
        query = _ApplicationsQuery(
            top=PAGE_SIZE, select=APPLICATION_FIELDS, expand=OWNER_IDS, filter=condition
        )
        return self._client.applications.to_get_request_information(_asking(query))

    def application(self, client_id: ClientId) -> RequestInformation:
        query = _ApplicationQuery(select=APPLICATION_FIELDS, expand=OWNER_IDS)
        builder = self._client.applications_with_app_id(client_id)
        return builder.to_get_request_information(_asking(query))

    def role_assignments(self, service_principal_id: str) -> RequestInformation:
        principal = self._client.service_principals.by_service_principal_id(service_principal_id)
        query = _AssignmentsQuery(top=PAGE_SIZE)
        return principal.app_role_assigned_to.to_get_request_information(_asking(query))

    def service_principals(
        self, name: str, values: Collection[str], relationship: str | None = None
    ) -> RequestInformation:
        """The service principals whose property has any of the values (GUIDs).

        One relationship at most: Graph expands no second one.
        """
        query = _PrincipalsQuery(
            top=PAGE_SIZE,
            select=PRINCIPAL_FIELDS,
            expand=[relationship] if relationship else None,
            filter=" or ".join(f"{name} eq '{each}'" for each in values),
        )
        return self._client.service_principals.to_get_request_information(_asking(query))

    def related(self, service_principal_id: str, relationship: str) -> RequestInformation:
        """All of a service principal's `appRoleAssignments` or `memberOf`."""
        principal = self._client.service_principals.by_service_principal_id(service_principal_id)
        if relationship == "memberOf":
            return principal.member_of.to_get_request_information()
        return principal.app_role_assignments.to_get_request_information()

    def consents_for_all_users(self) -> RequestInformation:
        """What administrators have granted for every user of the tenant."""
        query = _ConsentsQuery(filter="consentType eq 'AllPrincipals'")
        return self._client.oauth2_permission_grants.to_get_request_information(_asking(query))

    def members(self, group: GroupId) -> RequestInformation:
        """Direct members that are users; the cast makes it an advanced query."""
        query = _MembersQuery(top=PAGE_SIZE, select=MEMBER_FIELDS, count=True)
        builder = self._client.groups.by_group_id(group).members.graph_user
        information = builder.to_get_request_information(_asking(query))
        information.headers.add("ConsistencyLevel", "eventual")
        return information

    def next_page(self, before: RequestInformation, link: str) -> RequestInformation:
        """The page that `link` leads to; headers are carried on, which Graph's links do not."""
        information = RequestInformation(Method.GET)
        information.url = link
        for name in ("Accept", "ConsistencyLevel"):
            for value in before.headers.get(name) or ():
                information.headers.add(name, value)
        return information

    def add_password(self, application: ObjectId, wish: SecretRequest) -> RequestInformation:
        body = AddPasswordPostRequestBody(
            password_credential=PasswordCredential(
                display_name=wish.display_name,
                start_date_time=wish.start,
                end_date_time=wish.end,
            )
        )
        builder = self._client.applications.by_application_id(application).add_password
        return builder.to_post_request_information(body)

    def remove_password(self, application: ObjectId, key_id: KeyId) -> RequestInformation:
        body = RemovePasswordPostRequestBody(key_id=UUID(key_id))
        builder = self._client.applications.by_application_id(application).remove_password
        return builder.to_post_request_information(body)

    def check_member_groups(self, user: UserId, groups: Collection[GroupId]) -> RequestInformation:
        body = CheckMemberGroupsPostRequestBody(group_ids=sorted(groups))
        builder = self._client.users.by_user_id(user).check_member_groups
        return builder.to_post_request_information(body)


def _asking(query: object) -> RequestConfiguration:
    return RequestConfiguration(query_parameters=query, headers=HeadersCollection())
