"""The sign-in's own page, which every journey passes."""

from urllib.parse import urlencode

from tests.browser import axe
from tests.browser.visit import Visit


def test_the_page_to_pick_a_user_on_has_no_violation(visit: Visit) -> None:
    portal = visit.product.settings["PORTAL_CLIENT_ID"]
    tenant = visit.product.settings["TENANT_ID"]
    query = {
        "client_id": portal,
        "redirect_uri": f"{visit.host}/manage-clients",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": "a" * 43,
        "code_challenge_method": "S256",
    }
    world = visit.product.world()
    world.group(world.user())
    world.user("Max Mustermann", accountEnabled=False)
    visit.product.load(world)
    visit.page.goto(f"{visit.product.identity}/{tenant}/oauth2/v2.0/authorize?{urlencode(query)}")
    assert axe.faults(visit.page) == []
