from dataclasses import replace

import pytest

from shared.domain.messages import UNDELIVERED, Change, State, Unreachable, moved
from tests.fakes.system import MORNING
from tests.support.builders import CLIENT, message, notice, numbered


def test_a_post_counts_as_an_attempt_and_another_change_of_state_does_not() -> None:
    ready = message()
    sending = moved(ready, State.SENDING, posted_at=MORNING)
    accepted = moved(sending, State.ACCEPTED)
    assert (ready.attempts, sending.attempts, accepted.attempts) == (0, 1, 1)
    assert (accepted.state, accepted.posted_at) == (State.ACCEPTED, MORNING)


def test_only_ready_and_sending_messages_go_on() -> None:
    assert {state for state in State if not state.is_final} == {State.READY, State.SENDING}


def test_a_message_is_about_reminders_or_about_one_notice() -> None:
    told = replace(message(), lines=(), notice=notice())
    assert told.claims == {f"{numbered(1)}|{Change.CREATED}"}
    assert told.client_ids == {CLIENT}
    with pytest.raises(ValueError, match="reminders, or one notice"):
        replace(message(), notice=notice())
    with pytest.raises(ValueError, match="reminders, or one notice"):
        replace(message(), lines=())


def test_what_did_not_arrive_is_a_reason_of_its_own() -> None:
    assert {each for each in Unreachable if each.is_of_a_mail} == set(UNDELIVERED.values())
    assert not any(state.is_mailed for state in UNDELIVERED)
