"""Hosts that are killed in the middle of a run, and hosts that run at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time
from random import Random

import pytest

from tests.integration.crashes.conftest import Crowd, fire
from tests.support.stack import running_host

MORNING = time(6)
LATER = [time(7), time(8)]
SEED = 3


@pytest.mark.timeout(600)
def test_a_host_that_is_killed_ten_times_in_the_middle_of_200_mails_sends_each_exactly_once(
    crowd: Crowd,
) -> None:
    chance = Random(SEED)  # noqa: S311 - a test's own dice
    crowd.begin(mails=200)
    crowd.product.host.kill()
    days = range(1, 11)
    for day in days:
        crowd.forget()
        after = chance.randrange(1, 190)
        with running_host(crowd.product.settings) as victim, ThreadPoolExecutor(1) as pool:
            crowd.product.report_to(victim)
            crowd.go_to(day, MORNING, victim.address())
            run = pool.submit(fire, victim.address())
            while crowd.posted() < after and not run.done():
                pass
            victim.kill()
            assert run.result() == 0, f"the run of day {day} ended before it was killed"
        with running_host(crowd.product.settings) as host:
            crowd.product.report_to(host)
            for clock in LATER:
                crowd.go_to(day, clock, host.address())
                assert fire(host.address()) == 202
    assert crowd.told() == crowd.expected(days)
    assert crowd.reports() == crowd.expected_reports(days)


@pytest.mark.timeout(300)
def test_two_hosts_that_fire_at_once_twenty_times_send_each_mail_exactly_once(
    crowd: Crowd,
) -> None:
    crowd.begin(mails=20)
    days = range(1, 21)
    with (
        running_host(crowd.product.settings) as second,
        ThreadPoolExecutor(2) as pool,
    ):
        hosts = [crowd.product.functions, second.address()]
        for day in days:
            crowd.go_to(day, MORNING, *hosts)
            assert list(pool.map(fire, hosts)) == [202, 202]
            crowd.go_to(day, LATER[0], *hosts)
            assert list(pool.map(fire, hosts)) == [202, 202]
    assert crowd.told() == crowd.expected(days)
    assert crowd.reports() == crowd.expected_reports(days)
