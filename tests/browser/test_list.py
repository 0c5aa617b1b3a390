"""What a credential manager sees."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.browser.scenes import OLD, managed, secret, several
from tests.browser.visit import CREATE, Visit
from tests.support.stack import Stack
from tests.support.worlds import MICROSOFT_GRAPH


def test_an_application_is_shown_with_its_client_id_its_reach_and_its_secrets(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    card = visit.card(scene.application)
    expect(card).to_contain_text(scene.application["appId"])
    expect(card.get_by_role("list", name="May reach")).to_have_text("Search and Match · production")
    headers = card.get_by_role("columnheader")
    expect(headers).to_have_text(
        ["Name", "Starts with", "Created", "Expires", "Last reminder", "Delete"]
    )
    row = visit.row(scene.application, OLD)
    expect(row).to_contain_text("Q_e…")
    expect(row).to_contain_text("none")
    expect(visit.page.get_by_role("banner")).to_contain_text("Jane Doe")
    expect(visit.page.get_by_role("banner")).to_contain_text("OrganisationName")


def test_a_badge_says_in_words_how_near_the_end_is(visit: Visit, product: Stack) -> None:
    badges = {
        100: "Valid",
        43: "Valid",
        42: "Expires soon",
        30: "Expires soon",
        29: "Expires in less than a month",
        8: "Expires in less than a month",
        7: "Expires within a week",
        0: "Expires within a week",
        -1: "Expired",
    }
    scene = managed(product, *(secret(product, days, name=f"Key {days}") for days in badges))
    visit.sign_in(scene.jane)
    for days, badge in badges.items():
        shown = visit.row(scene.application, f"Key {days}")
        expect(shown.get_by_text(badge, exact=True)).to_be_visible()


def test_days_are_those_of_utc_wherever_the_reader_is(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    visit.sign_in(scene.jane)
    day = product.now() + timedelta(days=13)
    words = f"{day:%a} {day.day} {day:%b %Y} (in 13 days)".replace("Sep ", "Sept ")
    expect(visit.row(scene.application, OLD)).to_contain_text(words)


def test_the_countdown_follows_the_servers_clock(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 13))
    visit.page.clock.set_fixed_time(product.now() - timedelta(days=400))
    visit.open()
    visit.page.clock.resume()
    visit.pass_sign_in(scene.jane)
    expect(visit.row(scene.application, OLD)).to_contain_text("(in 13 days)")


def test_the_last_reminder_is_shown_once_it_was_mailed(visit: Visit, product: Stack) -> None:
    # The only test of this folder that fires: a day's reminders are evaluated once.
    scene = managed(product, secret(product, 42))
    assert product.fire() == 202
    visit.sign_in(scene.jane)
    row = visit.row(scene.application, OLD)
    expect(row).to_contain_text(re.compile(r"\d \w+ \d{4} \(6 weeks ahead\)"))


def test_what_needs_attention_is_counted_and_leads_to_its_application(
    visit: Visit, product: Stack
) -> None:
    scene = several(
        product,
        (secret(product, 5), secret(product, 200, name="Newer")),
        (secret(product, 43),),
        (secret(product, 42, name="Last"),),
    )
    visit.sign_in(scene.jane)
    expect(visit.page.get_by_text("2 secrets expire within 6 weeks.")).to_be_visible()
    visit.page.get_by_role("link", name=scene.applications[2]["displayName"]).click()
    expect(visit.card(scene.applications[2])).to_be_focused()
    assert urlsplit(visit.page.url).fragment == scene.applications[2]["appId"]


def test_nothing_asks_for_attention_where_nothing_needs_it(visit: Visit, product: Stack) -> None:
    scene = managed(product, secret(product, 200))
    visit.sign_in(scene.jane)
    expect(visit.rows(scene.application)).to_have_count(1)
    expect(visit.page.get_by_text("within 6 weeks")).to_have_count(0)


def test_an_application_without_a_secret_says_so(visit: Visit, product: Stack) -> None:
    scene = managed(product)
    visit.sign_in(scene.jane)
    card = visit.card(scene.application)
    expect(card.get_by_text("No secret yet.")).to_be_visible()
    expect(card.get_by_role("button", name=CREATE)).to_be_visible()


def test_an_application_of_which_all_secrets_expired_cannot_connect(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, -3), secret(product, -300, name="Older"))
    visit.sign_in(scene.jane)
    expect(visit.card(scene.application).get_by_text("cannot connect")).to_be_visible()
    expect(visit.page.get_by_text("1 application has no valid secret")).to_be_visible()


def test_an_application_that_may_not_be_written_is_shown_without_buttons_to_write(
    visit: Visit, product: Stack
) -> None:
    world = product.world()
    jane = world.user()
    application = world.application(
        world.group(jane), permissions=[(MICROSOFT_GRAPH, "Role")], secrets=[secret(product, 90)]
    )
    product.load(world)
    visit.sign_in(jane)
    card = visit.card(application)
    expect(card.get_by_text("not change it here")).to_be_visible()
    expect(card.get_by_role("link", name="support@")).to_be_visible()
    expect(card.get_by_role("button", name=re.compile("Create|Delete"))).to_have_count(0)


def test_who_manages_nothing_is_told_whom_to_ask(visit: Visit, product: Stack) -> None:
    world = product.world()
    jane = world.user()
    world.group(jane)
    product.load(world)
    visit.sign_in(jane)
    main = visit.page.get_by_role("main")
    expect(main).to_contain_text("not a credential manager of any application")
    expect(main).to_contain_text("Ask in your organisation who your credential manager is.")
    expect(main.get_by_role("link", name="MFA user guide")).to_be_visible()


def test_who_has_no_role_is_told_which_is_missing_and_where_to_write(
    visit: Visit, product: Stack
) -> None:
    world = product.world()
    jane = world.user()
    product.load(world)
    visit.watch.expect_status(403)
    visit.sign_in(jane)
    main = visit.page.get_by_role("main")
    expect(main).to_contain_text("credential_management")
    expect(main.get_by_role("link", name=product.settings["SUPPORT_EMAIL"])).to_be_visible()


def test_a_secret_made_elsewhere_is_listed_without_name_and_hint(
    visit: Visit, product: Stack
) -> None:
    scene = managed(product, secret(product, 90, name=None, hint=None))
    visit.sign_in(scene.jane)
    row = visit.row(scene.application, "Unnamed secret")
    expect(row).to_contain_text("not known")
    expect(row).to_contain_text("outside this page")


@pytest.mark.parametrize(
    ("name", "words"), [("", r"\d{4}\s*$"), ("Jane Doe", r"\d{4} by Jane Doe$")]
)
def test_a_secret_made_here_is_not_said_to_be_made_elsewhere_though_its_maker_is_removed(
    visit: Visit, product: Stack, name: str, words: str
) -> None:
    def rename(route: Route) -> None:
        answer = route.fetch()
        listing = answer.json()
        listing["applications"][0]["secrets"][0]["createdBy"] = name
        route.fulfill(response=answer, json=listing)

    scene = managed(product, secret(product, 90))
    visit.page.route("**/api/applications", rename)
    visit.sign_in(scene.jane)
    made = visit.row(scene.application, OLD).get_by_role("cell").nth(1)
    expect(made).to_have_text(re.compile(words))


@pytest.mark.parametrize("name", ["", " \u00a0"])
def test_a_name_of_nothing_but_spaces_is_none(visit: Visit, product: Stack, name: str) -> None:
    scene = managed(product, secret(product, 13, name=name))
    visit.sign_in(scene.jane)
    row = visit.row(scene.application, "Unnamed secret")
    label = "Delete secret Unnamed secret, starts with Q_e"
    expect(row.get_by_role("button", name=label, exact=True)).to_be_visible()
    expect(visit.page.get_by_text("Unnamed secret, in 13 days")).to_be_visible()


def test_names_are_shown_as_they_are_and_never_run(visit: Visit, product: Stack) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    world = product.world()
    jane = world.user(hostile, userPrincipalName="jane@example.org")
    application = world.application(
        world.group(jane), name=f"Partner-NL-{hostile}-SMC", secrets=[secret(product, 9)]
    )
    product.load(world)
    visit.sign_in(jane)
    expect(visit.card(application)).to_contain_text(hostile)
    expect(visit.page.get_by_role("banner")).to_contain_text(hostile)
    expect(visit.page.locator("img")).to_have_count(0)


def test_many_applications_are_folded_and_searched(visit: Visit, product: Stack) -> None:
    scene = several(product, *((secret(product, 90 + n, name=f"Key {n}"),) for n in range(12)))
    visit.sign_in(scene.jane)
    cards = visit.page.get_by_role("region")
    expect(cards).to_have_count(12)
    expect(visit.page.get_by_role("table")).to_have_count(0)
    search = visit.page.get_by_role("searchbox")
    search.fill("organisationc")
    expect(cards).to_have_count(1)
    visit.told("1 of 12 applications")
    search.fill("key 11")
    expect(cards).to_have_count(1)
    search.fill("no such thing")
    visit.told("No application matches your search.")
    search.fill("")
    expect(cards).to_have_count(12)
    fold = visit.card(scene.applications[3]).get_by_role(
        "button", name=scene.applications[3]["displayName"], exact=True
    )
    expect(fold).to_have_attribute("aria-expanded", "false")
    fold.click()
    expect(visit.row(scene.applications[3], "Key 3")).to_be_visible()


def test_the_client_id_is_copied(visit: Visit, product: Stack) -> None:
    scene = managed(product)
    visit.sign_in(scene.jane)
    visit.card(scene.application).get_by_role("button", name="Copy client ID").click()
    visit.told("Copied.")
    assert visit.clipboard() == scene.application["appId"]
