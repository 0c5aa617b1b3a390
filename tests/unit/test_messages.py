from dataclasses import replace

import pytest

from shared.domain.messages import UNDELIVERED, Change, State, Unreachable, moved
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, message, notice, numbered, report


def test_a_post_counts_as_an_attempt_and_another_change_of_state_does_not() -> None:
    ready = message()
    sending = moved(ready, State.SENDING, posted_at=MORNING)
    accepted = moved(sending, State.ACCEPTED)
    assert (ready.attempts, sending.attempts, accepted.attempts) == (0, 1, 1)
    assert (accepted.state, accepted.posted_at) == (State.ACCEPTED, MORNING)


def test_only_ready_and_sending_messages_go_on() -> None:
    assert {state for state in State if not state.is_final} == {State.READY, State.SENDING}


def test_a_message_is_about_reminders_or_one_notice_or_one_report() -> None:
    told = replace(message(), lines=(), notice=notice())
    assert told.claims == {f"{numbered(1)}|{Change.CREATED}"}
    assert told.client_ids == {CLIENT}
    reported = replace(message(), lines=(), report=report())
    assert reported.claims == {"coverage|2026-11"}
    assert reported.client_ids == set()
    for wrong in (
        {"notice": notice()},
        {"report": report()},
        {"lines": ()},
        {"lines": (), "notice": notice(), "report": report()},
    ):
        with pytest.raises(ValueError, match="reminders, one notice, or one report"):
            replace(message(), **wrong)


def test_what_did_not_arrive_is_a_reason_of_its_own() -> None:
    assert {each for each in Unreachable if each.is_of_a_mail} == set(UNDELIVERED.values())
    assert not any(state.is_mailed for state in UNDELIVERED)
