"""Tenants as journeys begin: who signs in, and what there is to see."""

from dataclasses import dataclass
from typing import Final

from tests.support.stack import Stack
from tests.support.worlds import Record, World, credential

OLD: Final = "Secret by Jane Doe"
NEW: Final = "Secret by JD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A loaded tenant: Jane, and the applications that she manages."""

    world: World
    jane: Record
    group: Record
    applications: tuple[Record, ...]

    @property
    def application(self) -> Record:
        """The only application."""
        (only,) = self.applications
        return only


def secret(
    product: Stack, ends_in: int, *, name: str | None = OLD, hint: str | None = "Q_e"
) -> Record:
    """Return a secret that ends so many days from now."""
    return {**credential(product.now(), ends_in), "displayName": name, "hint": hint}


def managed(product: Stack, *secrets: Record) -> Scene:
    """Load a tenant in which Jane manages one application with these secrets."""
    return several(product, secrets)


def several(product: Stack, *applications: tuple[Record, ...]) -> Scene:
    """Load a tenant in which Jane manages an application for each set of secrets."""
    world = product.world()
    jane = world.user()
    group = world.group(jane)
    names = [f"Partner-NL-Organisation{chr(ord('A') + n)}-SMC" for n in range(26)]
    names += [f"Partner-NL-Organisation{n}-DM" for n in range(26, len(applications))]
    names = names if len(applications) > 1 else ["Partner-NL-OrganisationName-SMC"]
    made = [
        world.application(group, name=name, secrets=secrets)
        for name, secrets in zip(names, applications, strict=False)
    ]
    product.load(world)
    return Scene(world=world, jane=jane, group=group, applications=tuple(made))
