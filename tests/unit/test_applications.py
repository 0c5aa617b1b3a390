import pytest

from shared.domain.applications import PartnerName, partner_name
from tests.support.builders import (
    CLIENT,
    GROUP,
    MICROSOFT_GRAPH,
    OTHER_GROUP,
    PORTAL,
    SEARCH_AND_MATCH,
    application,
    permission,
)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Partner-NL-OrganisationName-SMC", ("NL", "OrganisationName", "SMC", False)),
        ("Partner-NL-OrganisationName-DM", ("NL", "OrganisationName", "DM", False)),
        ("PartnerAlternative-NL-OrganisationName-SMC", ("NL", "OrganisationName", "SMC", True)),
        ("Partner-DE-Some-Org-SMC", ("DE", "Some-Org", "SMC", False)),
        ("Partner-DE-SMC-DM", ("DE", "SMC", "DM", False)),
        ("Partner-GB-An Org with spaces-DM", ("GB", "An Org with spaces", "DM", False)),
        ("Partner-SE-Ö-DM", ("SE", "Ö", "DM", False)),
    ],
)
def test_a_name_on_the_pattern_has_its_parts(name: str, parts: tuple[str, str, str, bool]) -> None:
    country_code, organisation, api, alternative = parts
    assert partner_name(name) == PartnerName(
        country_code=country_code, organisation=organisation, api=api, alternative=alternative
    )


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Partner",
        "Partner-NL-SMC",
        "Partner-NL--SMC",
        "Partner-NL-Org-XYZ",
        "Partner-nl-Org-SMC",
        "Partner-NLD-Org-SMC",
        "partner-NL-Org-SMC",
        "Partner-NL-Org-SMC ",
        "Partner-NL-Org-SMC\n",
        " Partner-NL-Org-SMC",
        "PartnerOther-NL-Org-SMC",
        "Partner-NL- -SMC",
        "Partner-NL-Org--SMC",
    ],
)
def test_a_name_off_the_pattern_has_no_parts(name: str) -> None:
    assert partner_name(name) is None


def test_mails_of_one_organisation_go_together_whatever_the_api_or_the_alternative() -> None:
    names = (
        "Partner-NL-Org-SMC",
        "Partner-NL-Org-DM",
        "PartnerAlternative-NL-Org-SMC",
    )
    assert {application(name=name).organisation for name in names} == {"NL-Org"}


def test_an_application_off_the_pattern_is_an_organisation_of_its_own() -> None:
    assert application(name="Legacy client").organisation == CLIENT


def test_only_tags_that_hold_a_guid_name_groups() -> None:
    tagged = application(
        groups=[],
        tags=[
            f"credential-managers:{GROUP.upper()}",
            f"credential-managers:{OTHER_GROUP}",
            "credential-managers:everyone",
            "credential-managers:",
            f"other:{GROUP}",
        ],
    )
    assert tagged.manager_groups == {GROUP, OTHER_GROUP}


@pytest.mark.parametrize("name", ["Partner-NL-Org-SMC", "PARTNERALTERNATIVE-x", "partner-lost"])
def test_a_name_alone_makes_it_a_partners_concern(name: str) -> None:
    assert application(name=name, groups=[]).concerns_partners


def test_a_tag_alone_makes_it_a_partners_concern() -> None:
    assert application(name="Legacy client").concerns_partners


def test_other_applications_are_none_of_our_concern() -> None:
    assert not application(name="Payroll of the Partner-ship", groups=[]).concerns_partners


def test_resources_are_those_known_each_once_in_their_order() -> None:
    asked = [
        permission(MICROSOFT_GRAPH, delegated=True),
        permission(SEARCH_AND_MATCH),
        permission(SEARCH_AND_MATCH, delegated=True),
    ]
    found = application(permissions=asked).resources(PORTAL.resources)
    assert [app_id for app_id, _ in found] == [SEARCH_AND_MATCH]


@pytest.mark.parametrize(
    ("resource", "is_application_permission", "privileged"),
    [
        (SEARCH_AND_MATCH, True, False),
        (SEARCH_AND_MATCH, False, False),
        (MICROSOFT_GRAPH, False, False),
        (MICROSOFT_GRAPH, True, True),
    ],
)
def test_an_application_permission_outside_the_known_resources_is_privileged(
    resource: str, *, is_application_permission: bool, privileged: bool
) -> None:
    asked = permission(resource, delegated=not is_application_permission)
    assert application(permissions=[asked]).is_privileged(PORTAL.resources) is privileged
