"""A secret's last days, lived one by one on the running product."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.integration.api.living import Life, managed
from tests.support.worlds import credential


def words(days_left: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days_left, f"in {days_left} days")


def test_mails_arrive_at_42_21_and_7_days_then_daily_then_as_expired(life: Life) -> None:
    world = managed(life, credential(life.now, 50, lives=50, name="Secret by JD"))
    life.begin(world)
    life.live(range(54))
    mails = life.mails_to(world.users[0])
    assert len(mails) == 13
    for mail, days_left in zip(mails[:10], [42, 21, 7, 6, 5, 4, 3, 2, 1, 0], strict=True):
        assert '"Secret by JD" expires' in mail["subject"]
        assert words(days_left) in mail["text"]
    assert all("expired on" in mail["subject"] for mail in mails[10:])


def test_deleting_the_secret_stops_its_mails_at_once(life: Life) -> None:
    old, new = credential(life.now, 5), credential(life.now, 300)
    world = managed(life, old, new)
    life.begin(world)
    life.live([0, 1])
    life.go_to(2)
    with life.product.api(world.users[0]) as api:
        answer = api.delete(world.applications[0]["appId"], old["keyId"])
    assert answer.status_code == 204
    life.live(range(2, 8))
    assert len(life.mails_to(world.users[0])) == 2


def test_the_list_tells_the_last_reminder_that_was_mailed_to_the_caller(life: Life) -> None:
    world = managed(life, credential(life.now, 8), members=("Jane Doe", "Richard Roe"))
    life.begin(world)
    for user in world.users:
        with life.product.api(user) as api:
            (listed,) = api.list().json()["applications"]
            assert listed["secrets"][0]["lastReminder"] is None
    life.live([0, 1])
    for user in world.users:
        with life.product.api(user) as api:
            (listed,) = api.list().json()["applications"]
            assert listed["secrets"][0]["lastReminder"]["stage"] == "daily"
            assert listed["secrets"][0]["lastReminder"]["sentAt"].startswith(str(life.now.date()))


def test_an_expired_secret_is_silent_while_another_is_valid(life: Life) -> None:
    world = managed(life, credential(life.now, -2), credential(life.now, 300))
    life.begin(world)
    life.live([0, 1])
    assert life.mails_to(world.users[0]) == []


def test_a_day_that_was_missed_is_caught_up_once_and_by_the_tightest_stage(life: Life) -> None:
    world = managed(life, credential(life.now, 45))
    life.begin(world)
    life.live([0, 30, 31])
    (mail,) = life.mails_to(world.users[0])
    assert "in 15 days" in mail["text"]


def test_firing_again_or_several_times_at_once_adds_none(life: Life) -> None:
    world = managed(life, credential(life.now, 3), members=("Jane Doe", "Richard Roe"))
    world.application(world.groups[0], name="Partner-DE-Org-DM", secrets=[credential(life.now, 20)])
    life.begin(world)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: life.product.fire(), range(8))) == {202}
    life.live([0, 0, 0])
    assert [len(life.mails_to(user)) for user in world.users] == [2, 2]


def test_an_evaluation_is_its_pages_one_role_read_and_one_per_group_with_something_due(
    life: Life,
) -> None:
    world = life.product.world()
    for ends_in in (3, 30, 100, 200):
        group = world.group(world.user())
        world.application(group, secrets=[credential(life.now, ends_in)])
    for _ in range(3):
        world.application(world.groups[0])
    life.begin(world)
    life.product.trap("graph", "page_size", size=4)
    life.live([0])
    asked = [
        "applications"
        if request["path"].endswith("applications")
        else request["path"].split("/")[-1]
        for request in life.product.graph_requests()
    ]
    assert sorted(asked) == [
        "appRoleAssignedTo",
        "applications",
        "applications",
        "graph.user",
        "graph.user",
    ]
    life.product.dev("DELETE", life.product.graph, "requests")
    life.live([0])
    assert life.product.graph_requests() == []


def test_support_hears_of_what_nobody_can_be_told_and_of_no_more(life: Life) -> None:
    world = managed(life, credential(life.now, 3), members=())
    retired = credential(life.now, 3, name="Retired")
    world.application(name="Partner-ES-Ejemplo-DM", secrets=[credential(life.now, 4, name="Lost")])
    world.application(
        name="Partner-IT-Esempio-DM", secrets=[retired], tags=["credential-portal:ignore"]
    )
    before = len(life.product.accepted())
    life.begin(world)
    life.live([0, 0])
    (digest,) = life.since(before)
    assert digest["recipient"] == life.product.settings["SUPPORT_EMAIL"]
    assert "Partner-NL-OrganisationName-SMC" in digest["text"]
    assert "Partner-ES-Ejemplo-DM" in digest["text"]
    assert "Retired" not in digest["text"]


def test_only_enabled_members_with_the_role_now_are_told(life: Life) -> None:
    world = life.product.world()
    jane, gone = world.user("Jane Doe"), world.user("Max Mustermann", accountEnabled=False)
    stranger, guest = world.user("Ola Nordmann"), world.user("Jean Dupont", mail=None)
    guest["otherMails"] = [f"jean.{guest['id'][:8]}@example.org"]
    with_role, without = world.group(jane, gone, guest), world.group(stranger, role=False)
    world.application(with_role, without, secrets=[credential(life.now, 3)])
    life.begin(world)
    before = len(life.product.accepted())
    life.live([0])
    told = sorted(mail["recipient"] for mail in life.since(before))
    assert told == sorted([jane["mail"], guest["otherMails"][0]])


def test_a_long_rate_limit_costs_a_firing_and_no_reminder(life: Life) -> None:
    world = managed(life, credential(life.now, 3), members=("Jane Doe", "Richard Roe", "Erika M"))
    life.begin(world)
    life.product.trap("email", "throttle", retryAfter=3600, times=3)
    life.live([0])
    assert sum(len(life.mails_to(user)) for user in world.users) == 0
    life.live([0, 0])
    assert [len(life.mails_to(user)) for user in world.users] == [1, 1, 1]


def test_a_short_rate_limit_costs_a_moment(life: Life) -> None:
    world = managed(life, credential(life.now, 3), members=("Jane Doe", "Richard Roe", "Erika M"))
    life.begin(world)
    life.product.trap("email", "throttle", retryAfter=1, times=1)
    life.live([0])
    assert [len(life.mails_to(user)) for user in world.users] == [1, 1, 1]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_lost_answer_is_asked_about_and_the_mail_arrives_once(
    life: Life, *, accepted: bool
) -> None:
    world = managed(life, credential(life.now, 3))
    life.begin(world)
    life.product.dev("DELETE", life.product.email, "traps/dedupe")
    life.product.trap("email", "drop_answer", accepted=accepted, times=1)
    life.live([0, 0, 0])
    assert len(life.mails_to(world.users[0])) == (1 if accepted else 0)
    assert posts(life) == 1
    life.later(timedelta(minutes=31))
    assert life.product.fire() == 202
    assert len(life.mails_to(world.users[0])) == 1
    assert posts(life) == (1 if accepted else 2)


def posts(life: Life) -> int:
    requests = life.product.dev("GET", life.product.email, "requests")["requests"]
    return sum(request["path"] == "/emails:send" for request in requests)


def test_an_incomplete_directory_fails_the_run_and_the_next_firing_makes_up_for_it(
    life: Life,
) -> None:
    world = managed(life, credential(life.now, 3))
    world.application(world.groups[0], name="Partner-NL-OrganisationName-DM")
    life.begin(world)
    life.product.trap("graph", "page_size", size=1)
    life.product.trap("graph", "fail_page", page=2, status=500)
    assert life.product.fire() == 500
    assert life.mails_to(world.users[0]) == []
    life.product.dev("DELETE", life.product.graph, "traps")
    life.live([0])
    assert len(life.mails_to(world.users[0])) == 1
