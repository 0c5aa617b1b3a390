"""Every credential manager hears of a secret that was made or deleted."""

from datetime import timedelta

from tests.integration.api.living import Life, managed
from tests.support.api import Api
from tests.support.worlds import Record, World, credential

MEMBERS = ("Jane Doe", "Richard Roe")


def notices(life: Life, user: Record, word: str) -> list[Record]:
    return [
        mail
        for mail in life.product.accepted()
        if mail["recipient"] == user["mail"] and f"was {word}" in mail["subject"]
    ]


def create(life: Life, world: World, api: Api) -> Record:
    expires_on = (life.now + timedelta(days=200)).date().isoformat()
    wanted = {"displayName": "Secret by JD", "expiresOn": expires_on}
    answer = api.create(world.applications[0]["appId"], wanted)
    assert answer.status_code == 201
    made: Record = answer.json()
    return made


def test_everyone_hears_at_once_who_made_or_deleted_which_secret(life: Life) -> None:
    world = managed(life, credential(life.now, 300), members=MEMBERS)
    life.begin(world)
    with life.product.api(world.users[0]) as api:
        made = create(life, world, api)
        for user in world.users:
            (mail,) = notices(life, user, "created")
            for words in ("Secret by JD", made["hint"], "Jane Doe", world.applications[0]["appId"]):
                assert words in mail["text"]
            assert made["secretText"] not in mail["text"] + mail["html"]
        assert api.delete(world.applications[0]["appId"], made["keyId"]).status_code == 204
    assert [len(notices(life, user, "deleted")) for user in world.users] == [1, 1]


def test_a_refused_write_is_announced_to_nobody(life: Life) -> None:
    only = credential(life.now, 300)
    world = managed(life, only)
    life.begin(world)
    with life.product.api(world.users[0]) as api:
        assert api.delete(world.applications[0]["appId"], only["keyId"]).status_code == 409
    assert notices(life, world.users[0], "deleted") == []


def test_what_the_mail_service_does_not_take_at_once_is_sent_by_the_next_firing(
    life: Life,
) -> None:
    world = managed(life, credential(life.now, 300), members=MEMBERS)
    life.begin(world)
    life.live([0])
    life.product.trap("email", "throttle", retryAfter=600, times=2)
    with life.product.api(world.users[0]) as api:
        create(life, world, api)
    assert [len(notices(life, user, "created")) for user in world.users] == [0, 0]
    life.later(timedelta(hours=1))
    assert life.product.fire() == 202
    assert [len(notices(life, user, "created")) for user in world.users] == [1, 1]
