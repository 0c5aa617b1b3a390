"""What every clock and every maker of ids keeps."""

from datetime import timedelta

from shared.domain.ids import guid
from shared.ports.system import Clock, Ids


class ClockContract:
    """Takes a fixture `clock`."""

    def test_an_instant_is_aware_and_in_utc(self, clock: Clock) -> None:
        assert clock.now().utcoffset() == timedelta(0)

    def test_time_does_not_run_backwards(self, clock: Clock) -> None:
        instants = [clock.now() for _ in range(100)]
        assert instants == sorted(instants)

    async def test_a_sleep_of_nothing_ends(self, clock: Clock) -> None:
        before = clock.now()
        await clock.sleep(0)
        assert clock.now() >= before


class IdsContract:
    """Takes a fixture `ids`."""

    def test_an_id_is_a_canonical_guid(self, ids: Ids) -> None:
        made = ids.new()
        assert guid(made) == made

    def test_no_id_comes_twice(self, ids: Ids) -> None:
        assert len({ids.new() for _ in range(1000)}) == 1000
