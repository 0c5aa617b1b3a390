"""The requests of an administrator, built by the SDK on its own paths."""

from collections.abc import Sequence
from uuid import UUID

from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from kiota_abstractions.request_information import RequestInformation
from msgraph import GraphServiceClient
from msgraph.generated.applications.applications_request_builder import ApplicationsRequestBuilder
from msgraph.generated.groups.groups_request_builder import GroupsRequestBuilder
from msgraph.generated.groups_with_unique_name.groups_with_unique_name_request_builder import (
    GroupsWithUniqueNameRequestBuilder,
)
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.application import Application
from msgraph.generated.models.group import Group
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.service_principals.item.service_principal_item_request_builder import (
    ServicePrincipalItemRequestBuilder,
)
from msgraph.generated.service_principals_with_app_id.service_principals_with_app_id_request_builder import (  # noqa: E501 - the generator's name
    ServicePrincipalsWithAppIdRequestBuilder,
)
from msgraph.generated.users.users_request_builder import UsersRequestBuilder

from shared.adapters.graph_requests import MEMBER_FIELDS, PAGE_SIZE
from shared.domain.ids import ClientId, GroupId, ObjectId, PrincipalId, UserId

GROUP_FIELDS = [
    "id",
    "displayName",
    "groupTypes",
    "securityEnabled",
    "mailEnabled",
    "onPremisesSyncEnabled",
]
PRINCIPAL_FIELDS = ["id", "appRoles"]

_Applications = ApplicationsRequestBuilder.ApplicationsRequestBuilderGetQueryParameters
_Groups = GroupsRequestBuilder.GroupsRequestBuilderGetQueryParameters
_Users = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters
_UniqueGroup = (
    GroupsWithUniqueNameRequestBuilder.GroupsWithUniqueNameRequestBuilderGetQueryParameters
)
_Principal = ServicePrincipalItemRequestBuilder.ServicePrincipalItemRequestBuilderGetQueryParameters
_PrincipalOf = ServicePrincipalsWithAppIdRequestBuilder.ServicePrincipalsWithAppIdRequestBuilderGetQueryParameters  # noqa: E501 - the generator's name


class AdministrationRequests:
    """Builds each request. No application is made by any, and no credential is touched.

    `root` is Graph's address with its version: references name objects by it.
    """

    def __init__(self, sdk: GraphServiceClient, root: str) -> None:
        self._sdk = sdk
        self._objects = f"{root.rstrip('/')}/directoryObjects"

    def unique_names(self, client_ids: Sequence[ClientId]) -> RequestInformation:
        condition = " or ".join(f"appId eq '{each}'" for each in client_ids)
        query = _Applications(top=PAGE_SIZE, select=["appId", "uniqueName"], filter=condition)
        return self._sdk.applications.to_get_request_information(_asking(query))

    def tags(self, application: ObjectId) -> RequestInformation:
        builder = self._sdk.applications.by_application_id(application)
        query = _Applications(select=["tags"])
        return builder.to_get_request_information(_asking(query))

    def groups(self, comparisons: Sequence[str]) -> RequestInformation:
        query = _Groups(top=PAGE_SIZE, select=GROUP_FIELDS, filter=" or ".join(comparisons))
        return self._sdk.groups.to_get_request_information(_asking(query))

    def group_called(self, word: str) -> RequestInformation:
        """The group of this uniqueName."""
        builder = self._sdk.groups_with_unique_name(word)
        return builder.to_get_request_information(_asking(_UniqueGroup(select=GROUP_FIELDS)))

    def users(self, comparisons: Sequence[str]) -> RequestInformation:
        query = _Users(top=PAGE_SIZE, select=MEMBER_FIELDS, filter=" or ".join(comparisons))
        return self._sdk.users.to_get_request_information(_asking(query))

    def principal_of(self, client_id: ClientId) -> RequestInformation:
        builder = self._sdk.service_principals_with_app_id(client_id)
        return builder.to_get_request_information(_asking(_PrincipalOf(select=PRINCIPAL_FIELDS)))

    def principal(self, principal: PrincipalId) -> RequestInformation:
        builder = self._sdk.service_principals.by_service_principal_id(principal)
        return builder.to_get_request_information(_asking(_Principal(select=PRINCIPAL_FIELDS)))

    def make_group(self, name: str, word: str) -> RequestInformation:
        """Make it unless a group of this uniqueName exists: so that a repeat makes no second."""
        body = Group(
            display_name=name,
            description="Credential managers: may manage the client secrets of the applications"
            " that name this group, and are reminded of them.",
            mail_enabled=False,
            mail_nickname=word,
            security_enabled=True,
        )
        information = self._sdk.groups_with_unique_name(word).to_patch_request_information(body)
        information.headers.add("Prefer", "create-if-missing")
        return information

    def assign_role(
        self, group: GroupId, principal: PrincipalId, role_id: str
    ) -> RequestInformation:
        body = AppRoleAssignment(
            principal_id=UUID(group), resource_id=UUID(principal), app_role_id=UUID(role_id)
        )
        builder = self._sdk.service_principals.by_service_principal_id(principal)
        return builder.app_role_assigned_to.to_post_request_information(body)

    def add_member(self, group: GroupId, user: UserId) -> RequestInformation:
        body = ReferenceCreate(odata_id=f"{self._objects}/{user}")
        return self._sdk.groups.by_group_id(group).members.ref.to_post_request_information(body)

    def add_owner(self, application: ObjectId, principal: PrincipalId) -> RequestInformation:
        body = ReferenceCreate(odata_id=f"{self._objects}/{principal}")
        builder = self._sdk.applications.by_application_id(application)
        return builder.owners.ref.to_post_request_information(body)

    def set_unique_name(self, application: ObjectId, name: str) -> RequestInformation:
        builder = self._sdk.applications.by_application_id(application)
        return builder.to_patch_request_information(Application(unique_name=name))

    def set_tags(self, application: ObjectId, tags: Sequence[str]) -> RequestInformation:
        builder = self._sdk.applications.by_application_id(application)
        return builder.to_patch_request_information(Application(tags=list(tags)))


def equals(name: str, text: str) -> str:
    """Return a comparison for $filter."""
    return f"{name} eq '{_quoted(text)}'"


def holds(collection: str, text: str) -> str:
    """Return a comparison with each text of a collection, for $filter."""
    return f"{collection}/any(each:each eq '{_quoted(text)}')"


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def _asking(query: object) -> RequestConfiguration:
    return RequestConfiguration(query_parameters=query, headers=HeadersCollection())
