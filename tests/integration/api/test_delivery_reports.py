"""What becomes of a mail comes back as an event, and support hears of what did not arrive."""

from datetime import timedelta

import pytest

from tests.integration.api.living import Life, managed
from tests.support.worlds import Record, credential


def to_support(life: Life, since: int) -> list[Record]:
    support = life.product.settings["SUPPORT_EMAIL"]
    return [mail for mail in life.product.accepted()[since:] if mail["recipient"] == support]


def test_a_mail_that_bounces_reopens_the_day_and_is_told_to_support_once(life: Life) -> None:
    world = managed(life, credential(life.now, 5), members=("Jane Doe", "Richard Roe"))
    jane, richard = world.users
    life.begin(world)
    before = len(life.product.accepted())
    life.product.trap("email", "report_status", status="Bounced", addresses=jane["mail"])
    life.product.trap("email", "reports_twice")
    life.live([0])
    assert all(report["answers"][-1] == 202 for report in life.product.reported())
    life.live([0, 0])
    (digest,) = to_support(life, before)
    assert jane["mail"] in digest["text"]
    assert richard["mail"] not in digest["text"]
    assert [len(life.mails_to(user)) for user in world.users] == [1, 1]


def test_an_address_that_bounced_is_left_alone_and_tried_again_later(life: Life) -> None:
    world = managed(life, credential(life.now, 7))
    (jane,) = world.users
    life.begin(world)
    before = len(life.product.accepted())
    life.product.trap("email", "report_status", status="Bounced", addresses=jane["mail"], times=1)
    life.live([0])
    life.product.reported()
    life.live([0])
    assert (len(life.mails_to(jane)), len(to_support(life, before))) == (1, 1)
    life.later(timedelta(hours=23))
    assert life.product.fire() == 202
    assert len(life.mails_to(jane)) == 1
    life.live([2])
    life.product.reported()
    assert len(life.mails_to(jane)) == 2


@pytest.mark.parametrize("status", ["Delivered", "Expanded"])
def test_a_mail_that_arrives_leaves_the_day_complete(life: Life, status: str) -> None:
    world = managed(life, credential(life.now, 5))
    life.begin(world)
    life.product.trap("email", "report_status", status=status)
    life.product.trap("email", "reports_foreign")
    life.live([0])
    assert life.product.reported()
    life.live([0])
    life.product.dev("DELETE", life.product.graph, "requests")
    life.live([0])
    assert life.product.graph_requests() == []


def test_a_report_says_what_a_lost_answer_did_not(life: Life) -> None:
    world = managed(life, credential(life.now, 5))
    life.begin(world)
    life.product.trap("email", "drop_answer", accepted=True, times=1)
    life.live([0])
    life.product.reported()
    life.product.dev("DELETE", life.product.email, "requests")
    life.live([0])
    assert life.product.dev("GET", life.product.email, "requests")["requests"] == []
    assert len(life.mails_to(world.users[0])) == 1
