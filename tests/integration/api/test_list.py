from tests.support.stack import Stack
from tests.support.worlds import MICROSOFT_GRAPH, SEARCH_AND_MATCH, credential


def test_a_credential_manager_sees_the_applications_and_secrets_that_are_theirs(
    product: Stack,
) -> None:
    world = product.world()
    jane, erika = world.user("Jane Doe"), world.user("Erika Mustermann")
    mine, theirs = world.group(jane), world.group(erika)
    ending = credential(product.now(), 14, name="Secret by JD")
    application = world.application(mine, secrets=[credential(product.now(), 200), ending])
    world.application(theirs, name="Partner-DE-Some-Org-SMC")
    product.load(world)
    with product.api(jane) as api:
        (listed,) = api.list().json()["applications"]
    assert listed["clientId"] == application["appId"]
    assert listed["organisation"] == {"countryCode": "NL", "name": "OrganisationName"}
    assert (listed["api"], listed["alternative"], listed["canWrite"]) == ("SMC", False, True)
    assert listed["resources"] == [
        {
            "name": "Search and Match",
            "environment": "production",
            "resourceAppId": SEARCH_AND_MATCH,
        }
    ]
    assert [secret["daysLeft"] for secret in listed["secrets"]] == [14, 200]
    first = listed["secrets"][0]
    assert (first["status"], first["hint"], first["createdBy"]) == ("expiring", "Q_e", None)
    assert first["endDateTime"] == ending["endDateTime"]


def test_what_is_not_managed_here_is_not_listed(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    group = world.group(jane)
    world.application(group, name="Partner-BE-Not-Owned-SMC", owned=False)
    world.application(name="Partner-ES-Not-Tagged-DM")
    world.application(group, name="The portal", app_id=world.portal["clientId"])
    product.load(world)
    with product.api(jane) as api:
        assert api.list().json()["applications"] == []


def test_names_off_the_pattern_and_nameless_secrets_are_listed_as_they_are(
    product: Stack,
) -> None:
    world = product.world()
    jane = world.user()
    nameless = credential(product.now(), 40) | {"displayName": None, "hint": None}
    world.application(world.group(jane), name="Legacy client", secrets=[nameless])
    product.load(world)
    with product.api(jane) as api:
        (listed,) = api.list().json()["applications"]
    assert (listed["organisation"], listed["api"]) == (None, None)
    assert (listed["secrets"][0]["displayName"], listed["secrets"][0]["hint"]) == (None, None)


def test_a_privileged_application_is_listed_as_one_that_cannot_be_written(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    world.application(world.group(jane), permissions=[(MICROSOFT_GRAPH, "Role")])
    product.load(world)
    with product.api(jane) as api:
        (listed,) = api.list().json()["applications"]
    assert (listed["canWrite"], listed["blockedReason"]) == (False, "application_privileged")


def test_applications_come_by_name_whatever_order_the_directory_has(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    group = world.group(jane)
    for name in ("Partner-NL-b-SMC", "Partner-NL-A-SMC", "Partner-NL-c-SMC"):
        world.application(group, name=name)
    product.load(world)
    with product.api(jane) as api:
        names = [listed["displayName"] for listed in api.list().json()["applications"]]
    assert names == ["Partner-NL-A-SMC", "Partner-NL-b-SMC", "Partner-NL-c-SMC"]


def test_a_list_is_one_request_per_15_of_the_callers_groups(product: Stack) -> None:
    world = product.world()
    few, many, none = world.user("Few"), world.user("Many"), world.user("None")
    groups = [world.group(many) for _ in range(31)]
    groups[0]["members"].append(few["id"])
    world.group(none)
    for group in groups:
        world.application(group)
    product.load(world)
    counts = {}
    for name, user in {"few": few, "many": many}.items():
        product.calm()
        with product.api(user) as api:
            found = api.list().json()["applications"]
        counts[name] = (len(found), len(product.graph_requests()))
    assert counts == {"few": (1, 1), "many": (31, 3)}


def test_a_longer_list_than_a_page_is_whole(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    group = world.group(jane)
    for number in range(7):
        world.application(group, name=f"Partner-NL-Org{number}-SMC")
    product.load(world)
    product.trap("graph", "page_size", size=2)
    product.trap("graph", "empty_page")
    with product.api(jane) as api:
        assert len(api.list().json()["applications"]) == 7


def test_a_directory_that_answers_half_is_a_503_and_never_half_a_list(product: Stack) -> None:
    world = product.world()
    jane = world.user()
    group = world.group(jane)
    for _ in range(3):
        world.application(group)
    product.load(world)
    product.trap("graph", "page_size", size=1)
    product.trap("graph", "fail_page", page=2, status=500)
    with product.api(jane) as api:
        answer = api.list()
    assert (answer.status_code, answer.json()["code"]) == (503, "directory_unavailable")
    assert answer.headers["Retry-After"].isdigit()
