"""The command line."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from shared.domain.access import Portal
from shared.domain.addresses import is_loopback
from shared.domain.applications import Resource, Resources
from shared.domain.ids import ClientId, PrincipalId
from shared.settings import WMDA_RESOURCES, GraphUrl, Guid, ResourceSetting

GRAPH = "https://graph.microsoft.com/v1.0"

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What the command was told."""

    file: Path
    report: Path
    tenant_id: str | None
    """None for a simulator, where nobody signs in."""
    portal: Portal
    graph: str
    is_applied: bool
    off_pattern_allowed: bool


def options(arguments: Sequence[str]) -> Options:
    """Return what the arguments say; SystemExit 2 with the usage where they say nothing clear."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.tenant is None and not is_loopback(urlsplit(given.graph).hostname or ""):
        parser.error("--tenant is missing")
    report: Path = given.report or given.file.with_suffix(".report.csv")
    if report.resolve() == given.file.resolve():
        parser.error("--report names the file itself, which it would replace")
    return Options(
        file=given.file,
        report=report,
        tenant_id=given.tenant,
        portal=Portal(
            client_id=ClientId(given.portal),
            identity=PrincipalId(given.identity),
            resources=given.resources,
            step_up_context=None,
        ),
        graph=given.graph,
        is_applied=given.apply,
        off_pattern_allowed=given.allow_off_pattern,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.adopt",
        description="Put applications that exist already under the portal's care."
        " Says what it would do; does it with --apply.",
    )
    of_guid = _checked(Guid, "GUID")
    parser.add_argument("file", type=Path, help="CSV with the columns client id, group, user")
    parser.add_argument("--tenant", type=of_guid, help="the tenant's id")
    parser.add_argument(
        "--portal", type=of_guid, required=True, help="the portal's client id (PORTAL_CLIENT_ID)"
    )
    parser.add_argument(
        "--identity",
        type=of_guid,
        required=True,
        help="object id of the managed identity's service principal (IDENTITY_PRINCIPAL_ID)",
    )
    parser.add_argument("--apply", action="store_true", help="make the changes")
    parser.add_argument(
        "--allow-off-pattern",
        action="store_true",
        help="take applications whose names are not Partner-<CC>-<Organisation>-<DM|SMC>",
    )
    parser.add_argument(
        "--resources",
        type=_resources,
        default=WMDA_RESOURCES,
        help="file that holds the setting RESOURCES, if it is not WMDA's",
    )
    parser.add_argument("--report", type=Path, help="where the report goes; <file>.report.csv")
    parser.add_argument(
        "--graph",
        type=_checked(GraphUrl, "address"),
        default=GRAPH,
        help="Microsoft Graph, or a simulator on this machine",
    )
    return parser


def _checked(kind: Any, name: str) -> Callable[[str], str]:  # noqa: ANN401 - an annotation
    """Return what takes a text as the settings do."""
    adapter: TypeAdapter[str] = TypeAdapter(kind)

    def checked(text: str) -> str:
        try:
            return adapter.validate_python(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"no {name}") from None

    return checked


def _resources(path: str) -> Resources:
    adapter = TypeAdapter(dict[Guid, ResourceSetting])
    try:
        read = adapter.validate_json(Path(path).read_bytes())
    except (OSError, ValueError):
        raise argparse.ArgumentTypeError("no file that holds RESOURCES") from None
    return {
        app_id: Resource(name=each.name, environment=each.environment)
        for app_id, each in read.items()
    }
