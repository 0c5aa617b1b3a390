"""docs/portal-developers.md, its client run as it is printed."""

import json
import re
from typing import Any, Final

from local.settings import ROOT
from tests.support.node import printed_by
from tests.support.stack import Stack, running_host
from tests.support.worlds import Record, World, credential

DOCUMENT: Final = (ROOT / "docs" / "portal-developers.md").read_text(encoding="utf-8")
MSAL, CLIENT, TOKEN, USE = re.findall(r"```js\n(.*?)```", DOCUMENT, flags=re.DOTALL)
API: Final = "http://127.0.0.1:7071"
CONTEXT: Final = "c1"
LIKE_MSAL: Final = """
const asked = [];
let settings;
class InteractionRequiredAuthError extends Error {}
class PublicClientApplication {
  constructor(given) { settings = given; }
  async initialize() {}
  async handleRedirectPromise() {}
  getAllAccounts() { return ['Jane']; }
  async acquireTokenSilent(request) {
    asked.push(request);
    return { accessToken: request.claims ? 'STRONG' : 'WEAK' };
  }
}
"""
"""What the document uses of MSAL: a token tells what it was asked to, and no more."""


def run_by_node(product: Stack, *parts: str) -> Any:  # noqa: ANN401 - a JSON document
    """Run parts of the document at the stack's addresses; return what the last one is made of."""
    *script, told = parts
    module = "\n".join([*script, f"console.log(JSON.stringify({told}))"])
    moved = module.replace(API, product.functions).replace("https://<host>", product.functions)
    return json.loads(printed_by(moved.replace("http://127.0.0.1:7074", product.identity)))


def scene(product: Stack, *secrets: Record) -> tuple[World, Record]:
    """Load a tenant whose manager is the one of the document."""
    world = product.world()
    jane = world.user("Jane Doe", userPrincipalName="jane.doe@example.org")
    application = world.application(world.group(jane), secrets=secrets)
    product.load(world)
    return world, application


def test_the_client_lists_creates_and_deletes(product: Stack) -> None:
    old = credential(product.now(), 14)
    _, application = scene(product, old)
    told = "{ applications, newSecret, created }"
    answers = run_by_node(product, CLIENT, TOKEN, USE, told)
    (listed,) = answers["applications"]
    assert [each["keyId"] for each in listed["secrets"]] == [old["keyId"]]
    created = answers["created"]
    assert created["expiresOn"] == answers["newSecret"]["maxExpiresOn"]
    (kept,) = product.truth(application["appId"])
    assert kept["keyId"] == created["keyId"]
    assert created["secretText"].startswith(kept["hint"])
    assert len(product.graph_writes()) == 2


def test_what_it_throws_is_the_problem(product: Stack) -> None:
    scene(product)
    again = (
        "const repeated = await call(secrets, { method: 'POST', key, body }).catch(each => each);"
    )
    last = (
        "const path = `${secrets}/${repeated.keyId}`;"
        "const last = await call(path, { method: 'DELETE' }).catch(each => each);"
        "const gone = await call(`${path}?confirmLast=true`, { method: 'DELETE' });"
    )
    without_old = USE.partition("// Shown once")[0].replace(" && each.secrets.length", "")
    told = "{ created, repeated, last, gone }"
    answers = run_by_node(product, CLIENT, TOKEN, without_old, again, last, told)
    created, repeated = answers["created"], answers["repeated"]
    assert (repeated["status"], repeated["code"]) == (409, "already_created")
    assert repeated["keyId"] == created["keyId"]
    assert "secretText" not in repeated
    assert (answers["last"]["code"], answers["gone"]) == ("last_valid_secret", None)


def test_a_challenge_is_met_by_what_its_claims_ask_for_and_the_call_repeated(
    product: Stack,
) -> None:
    world, _ = scene(product, credential(product.now(), 14))
    (jane,) = world.users
    # MSAL spells the capability in capitals, and the token repeats it.
    weak = product.token(jane, claims={"xms_cc": ["CP1"]})
    strong = product.token(jane, claims={"xms_cc": ["CP1"], "acrs": [CONTEXT]})
    library = LIKE_MSAL.replace("WEAK", weak).replace("STRONG", strong)
    with running_host({**product.settings, "STEP_UP_AUTH_CONTEXT": CONTEXT}) as host:
        msal = re.sub("^import .*$", library, MSAL, flags=re.MULTILINE)
        parts = [part.replace(API, host.address()) for part in (msal, CLIENT, USE)]
        answers = run_by_node(product, *parts, "{ settings, asked, created }")
    assert answers["created"]["secretText"]
    auth, client_id = answers["settings"]["auth"], product.settings["PORTAL_CLIENT_ID"]
    assert (auth["authority"], auth["clientCapabilities"]) == (
        product.settings["TOKEN_AUTHORITY"],
        ["CP1"],
    )
    assert {*answers["asked"][0]["scopes"]} == {f"api://{client_id}/Credentials.Manage"}
    wanted = {"access_token": {"acrs": {"essential": True, "value": CONTEXT}}}
    claims = [json.loads(request.get("claims", "null")) for request in answers["asked"]]
    assert claims == [None, wanted] * 3
