"""Graph's JSON as the domain's records: what may be missing, and what must not."""

import logging
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from shared.adapters import graph_reading as reading
from shared.adapters.graph_answers import Answer
from shared.domain.applications import Application, Permission
from shared.domain.errors import DirectoryUnavailable
from tests.support.builders import MICROSOFT_GRAPH, SEARCH_AND_MATCH, numbered

KEY, OTHER_KEY = numbered(1), numbered(2)


def credential(**changes: object) -> dict[str, Any]:
    return {
        "customKeyIdentifier": None,
        "displayName": "Secret by JD",
        "endDateTime": "2027-11-20T23:59:59.0000000Z",
        "hint": "Q_e",
        "keyId": KEY,
        "secretText": None,
        "startDateTime": "2026-11-21T09:00:00.1234567Z",
    } | changes


def application(**changes: object) -> dict[str, Any]:
    return {
        "id": numbered(0x1ABC),
        "appId": numbered(0x2ABC),
        "displayName": "Partner-NL-OrganisationName-SMC",
        "tags": ["HideApp"],
        "requiredResourceAccess": [],
        "passwordCredentials": [credential()],
        "owners": [{"@odata.type": "#microsoft.graph.servicePrincipal", "id": numbered(3)}],
    } | changes


def without(name: str) -> dict[str, Any]:
    document = application()
    del document[name]
    return document


def read(*documents: object) -> list[Application]:
    return reading.applications("applications", documents)


def only(document: object) -> Application:
    (found,) = read(document)
    return found


def json(document: object) -> Answer:
    return Answer(status=200, headers={}, body=orjson.dumps(document))


class TestApplications:
    def test_ids_are_canonical(self) -> None:
        upper = application(
            id=numbered(0x1ABC).upper(),
            appId=numbered(0x2ABC).upper(),
            owners=[{"id": numbered(0x3ABC).upper()}],
            passwordCredentials=[credential(keyId=numbered(0x4ABC).upper())],
        )
        found = only(upper)
        assert found.object_id == numbered(0x1ABC)
        assert found.client_id == numbered(0x2ABC)
        assert found.owners == {numbered(0x3ABC)}
        assert found.secrets[0].key_id == numbered(0x4ABC)

    @pytest.mark.parametrize("name", ["displayName", "tags", "owners"])
    def test_what_graph_may_leave_empty_may_be_null_or_missing(self, name: str) -> None:
        for found in (only(application(**{name: None})), only(without(name))):
            assert not (found.display_name and found.tags and found.owners)

    @pytest.mark.parametrize(
        "broken",
        [
            without("id"),
            without("appId"),
            without("passwordCredentials"),
            without("requiredResourceAccess"),
            application(appId="no guid"),
            application(appId=7),
            application(passwordCredentials=None),
            application(passwordCredentials={}),
            application(requiredResourceAccess=None),
            application(requiredResourceAccess=["text"]),
            application(requiredResourceAccess=[{"resourceAppId": SEARCH_AND_MATCH}]),
            application(requiredResourceAccess=[{"resourceAppId": KEY, "resourceAccess": [None]}]),
            "text",
            None,
        ],
    )
    def test_a_broken_application_breaks_the_answer(self, broken: object) -> None:
        with pytest.raises(DirectoryUnavailable):
            read(application(), broken)

    def test_permissions_say_whose_and_which_they_are(self) -> None:
        asked = [
            {
                "resourceAppId": SEARCH_AND_MATCH.upper(),
                "resourceAccess": [
                    {"id": KEY.upper(), "type": "Role"},
                    {"id": OTHER_KEY, "type": "Role"},
                ],
            },
            {"resourceAppId": MICROSOFT_GRAPH, "resourceAccess": [{"id": KEY, "type": "Scope"}]},
        ]
        assert only(application(requiredResourceAccess=asked)).permissions == (
            Permission(
                resource_app_id=SEARCH_AND_MATCH, permission_id=KEY, is_application_permission=True
            ),
            Permission(
                resource_app_id=SEARCH_AND_MATCH,
                permission_id=OTHER_KEY,
                is_application_permission=True,
            ),
            Permission(
                resource_app_id=MICROSOFT_GRAPH, permission_id=KEY, is_application_permission=False
            ),
        )

    @pytest.mark.parametrize("access", [{}, {"type": None}, {"type": "Other"}])
    def test_a_permission_of_unknown_kind_counts_as_the_applications_own(
        self, access: object
    ) -> None:
        asked = [{"resourceAppId": None, "resourceAccess": [access]}]
        found = only(application(requiredResourceAccess=asked))
        assert found.is_privileged({})
        assert found.permissions[0].resource_app_id == ""


class TestSecrets:
    def test_instants_are_utc_and_cut_to_the_microsecond(self) -> None:
        (secret,) = only(application()).secrets
        assert secret.start == datetime(2026, 11, 21, 9, 0, 0, 123456, tzinfo=UTC)
        assert secret.end == datetime(2027, 11, 20, 23, 59, 59, tzinfo=UTC)

    def test_an_offset_is_counted_in(self) -> None:
        shifted = credential(endDateTime="2027-11-21T01:59:59+02:00")
        (secret,) = only(application(passwordCredentials=[shifted])).secrets
        assert secret.end == datetime(2027, 11, 20, 23, 59, 59, tzinfo=UTC)
        assert secret.end.tzinfo is UTC

    @pytest.mark.parametrize("end", [None, "9999-12-31T23:59:59.9999999Z"])
    def test_a_secret_without_an_end_never_expires(self, end: str | None) -> None:
        endless = credential(endDateTime=end)
        (secret,) = only(application(passwordCredentials=[endless])).secrets
        assert secret.end == datetime.max.replace(tzinfo=UTC)

    def test_what_old_secrets_lack_may_be_null(self) -> None:
        bare = {"keyId": KEY, "displayName": None, "hint": None}
        (secret,) = only(application(passwordCredentials=[bare])).secrets
        assert (secret.display_name, secret.hint) == (None, None)
        assert secret.start == datetime(1970, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize(
        "odd",
        [
            credential(keyId=None),
            credential(keyId="no guid"),
            credential(endDateTime="soon"),
            credential(endDateTime=1795219199),
            credential(endDateTime="2027-11-20T23:59:59"),
            credential(startDateTime="2026-13-01T00:00:00Z"),
            credential(endDateTime="9999-12-31T23:59:59-12:00"),
            "text",
            None,
        ],
    )
    def test_one_unreadable_secret_is_left_out_and_told(
        self, odd: object, caplog: pytest.LogCaptureFixture
    ) -> None:
        fine, partly = application(), application(passwordCredentials=[odd, credential()])
        partly["appId"] = numbered(0x5ABC)
        first, second = read(fine, partly)
        assert len(first.secrets) == len(second.secrets) == 1
        (record,) = caplog.records
        assert record.levelno == logging.ERROR
        assert numbered(0x5ABC) in record.getMessage()
        assert numbered(0x2ABC) not in record.getMessage()

    def test_a_page_of_unreadable_secrets_alone_is_broken(self) -> None:
        strange = application(passwordCredentials=[credential(endDateTime="20.11.2027")])
        documents = [strange, application(passwordCredentials=[])]
        with pytest.raises(DirectoryUnavailable):
            reading.applications("applications", documents, is_whole_tenant=True)

    def test_one_application_of_unreadable_secrets_is_not_closed_to_its_managers(self) -> None:
        strange = application(passwordCredentials=[credential(endDateTime="20.11.2027")])
        assert only(strange).secrets == ()

    def test_no_secrets_are_no_fault(self) -> None:
        assert only(application(passwordCredentials=[])).secrets == ()


class TestPages:
    def test_a_page_has_its_objects_and_a_link(self) -> None:
        page = reading.page("x", json({"value": [1], "@odata.nextLink": "https://next"}))
        assert (page.items, page.next_link) == ([1], "https://next")

    @pytest.mark.parametrize(
        "document",
        [None, [], {}, {"value": None}, {"value": {}}, {"value": [], "@odata.nextLink": 7}],
    )
    def test_anything_else_is_no_page(self, document: object) -> None:
        with pytest.raises(DirectoryUnavailable):
            reading.page("x", json(document))

    @pytest.mark.parametrize("document", [None, [], "text"])
    def test_anything_but_an_object_is_none(self, document: object) -> None:
        with pytest.raises(DirectoryUnavailable):
            reading.single("x", json(document))


class TestIssued:
    def test_a_new_secret_is_read_with_its_value(self) -> None:
        made = credential(keyId=numbered(0x6ABC).upper(), secretText="Q_e8Q~abc")
        issued = reading.issued(json(made))
        assert issued is not None
        assert (issued.key_id, issued.hint) == (numbered(0x6ABC), "Q_e")
        assert issued.value.reveal() == "Q_e8Q~abc"

    @pytest.mark.parametrize(
        "document",
        [
            None,
            [],
            credential(),
            credential(secretText=""),
            credential(secretText=7),
            credential(keyId=None, secretText="Q_e8Q~abc"),
            credential(keyId="no guid", secretText="Q_e8Q~abc"),
        ],
    )
    def test_an_answer_without_id_or_value_is_no_secret(self, document: object) -> None:
        assert reading.issued(json(document)) is None
