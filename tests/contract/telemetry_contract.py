"""What everything that is told of the portal's doings to its operators keeps."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

import pytest

from shared.domain.messages import State
from shared.domain.reminders import Stage
from shared.ports.mail import Posting
from shared.ports.telemetry import Telemetry

Words = tuple[str | int, ...]

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-00"


class Operator(Protocol):
    """What whoever operates the portal learns."""

    def counts(self) -> Mapping[Words, int]:
        """Return what was counted since the last time, by metric and words."""

    def levels(self) -> Mapping[str, float]:
        """Return what was noted last, by metric."""

    def invocations(self) -> list[tuple[str, bool]]:
        """Return the invocations that are over, and whether they failed."""


class Unforeseen(Exception):
    """Something that no code expects."""


class TelemetryContract:
    """Takes fixtures `telemetry` and `operator`."""

    def test_mails_are_counted_by_what_they_are_about_and_their_state(
        self, telemetry: Telemetry, operator: Operator
    ) -> None:
        for state in (State.ACCEPTED, State.ACCEPTED, State.UNCERTAIN):
            telemetry.mail(Stage.DAILY, state)
        telemetry.mail(Stage.SIX_WEEKS, State.ACCEPTED)
        assert operator.counts() == {
            ("mails", "daily", "accepted"): 2,
            ("mails", "daily", "uncertain"): 1,
            ("mails", "sixWeeks", "accepted"): 1,
        }

    def test_every_other_count_is_by_its_words(
        self, telemetry: Telemetry, operator: Operator
    ) -> None:
        telemetry.posted(Posting.REFUSED_FOR_SENDER)
        telemetry.directory_asked("GET", 200)
        telemetry.directory_asked("GET", None)
        telemetry.keys_fetched(is_good=True, age=timedelta())
        telemetry.keys_fetched(is_good=False, age=None)
        telemetry.answered("create_secret", 409, "in_progress")
        telemetry.fired(Stage.DAILY, timedelta(seconds=3))
        assert operator.counts() == {
            ("posts", "refused_for_sender"): 1,
            ("directory.requests", "GET", 200): 1,
            ("directory.requests", "GET", "none"): 1,
            ("keys.fetches", "good"): 1,
            ("keys.fetches", "failed"): 1,
            ("answers", "create_secret", 409, "in_progress"): 1,
            ("firings", "daily"): 1,
        }

    def test_of_a_level_the_last_word_counts(
        self, telemetry: Telemetry, operator: Operator
    ) -> None:
        telemetry.evaluated(due=3, managed=40)
        telemetry.evaluated(due=2, managed=41)
        telemetry.backlog(unsent=1, oldest=timedelta(hours=2))
        telemetry.days_behind(1)
        telemetry.keys_fetched(is_good=False, age=timedelta(minutes=90))
        assert operator.levels() == {
            "reminders.due": 2,
            "applications.managed": 41,
            "mails.unsent": 1,
            "mails.oldest_unsent": 7200,
            "run.days_behind": 1,
            "keys.age": 5400,
        }

    def test_an_invocation_fails_by_a_word_or_by_an_answer_from_500_on(
        self, telemetry: Telemetry, operator: Operator
    ) -> None:
        for status in (200, 404, 499, 500, 503):
            with telemetry.invocation(f"answers_{'abcde'[status % 5]}", None) as traced:
                traced.came_to(status, "ok")
        with telemetry.invocation("run_reminders", PARENT) as traced:
            traced.failed("directory_unavailable")
        assert operator.invocations() == [
            ("answers_a", False),
            ("answers_e", False),
            ("answers_e", False),
            ("answers_a", True),
            ("answers_d", True),
            ("run_reminders", True),
        ]

    def test_what_an_invocation_raises_goes_on(
        self, telemetry: Telemetry, operator: Operator
    ) -> None:
        with pytest.raises(Unforeseen), telemetry.invocation("run_reminders", None):
            raise Unforeseen
        assert operator.invocations() == [("run_reminders", False)]

    @pytest.mark.parametrize("parent", ["", "garbage", f"00-{TRACE}-1-01", None])
    def test_a_parent_that_is_none_makes_no_difference(
        self, telemetry: Telemetry, operator: Operator, parent: str | None
    ) -> None:
        with telemetry.invocation("health", parent) as traced:
            traced.came_to(200, "ok")
        assert operator.invocations() == [("health", False)]

    async def test_after_the_end_nothing_raises(self, telemetry: Telemetry) -> None:
        await telemetry.close()
        telemetry.mail(Stage.DAILY, State.ACCEPTED)
        telemetry.hand_over()
        with telemetry.invocation("health", None) as traced:
            traced.came_to(200, "ok")
