"""What tests and the lab may see and do that no caller of Graph can."""

from aiohttp import web

from local.simulators.common import json_object, new_guid
from local.simulators.graph.odata import shown_credential
from local.simulators.graph.state import Credential, State, graph_time, parsed_time


def graph_dev_routes(state: State) -> list[web.RouteDef]:
    """Return the routes of /dev that only this simulator has."""

    async def show_world(_: web.Request) -> web.Response:
        return web.json_response(state.world)

    async def replace_world(request: web.Request) -> web.Response:
        try:
            state.load(await json_object(request))
        except ValueError as fault:
            raise web.HTTPBadRequest(text=str(fault)) from fault
        return web.Response(status=204)

    async def add_secret(request: web.Request) -> web.Response:
        body = await json_object(request)
        application = state.by_app_id.get(str(body.get("appId")).lower())
        if application is None:
            raise web.HTTPNotFound(text="No application has this appId.")
        credential = _credential(body)
        state.add(application, credential)
        return web.json_response({"keyId": credential["keyId"]}, status=201)

    async def truth(request: web.Request) -> web.Response:
        application = state.by_app_id.get(request.match_info["app_id"].lower())
        if application is None:
            raise web.HTTPNotFound(text="No application has this appId.")
        shown = [shown_credential(each) for each in application["passwordCredentials"]]
        return web.json_response({"passwordCredentials": shown})

    return [
        web.get("/dev/world", show_world),
        web.put("/dev/world", replace_world),
        web.post("/dev/secrets", add_secret),
        web.get("/dev/truth/{app_id}", truth),
    ]


def _credential(body: dict[str, str]) -> Credential:
    try:
        return Credential(
            displayName=body.get("displayName"),
            endDateTime=graph_time(parsed_time(body["endDateTime"])),
            hint=body.get("hint", "out"),
            keyId=new_guid(),
            startDateTime=graph_time(parsed_time(body["startDateTime"])),
        )
    except (KeyError, TypeError, ValueError) as fault:
        raise web.HTTPBadRequest(text=f"startDateTime, endDateTime: {fault!r}") from fault
