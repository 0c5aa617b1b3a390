"""What the composition does to the process besides making clients, and when it makes them."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator

import azure.functions as func
import pytest

from functions import page
from local.settings import product_settings
from shared.bootstrap import Composition
from shared.domain.errors import SettingsIncomplete
from shared.settings import Settings, read
from tests.unit.test_border import context, request

NEEDED_BY_A_LIST = ("authenticator", "_tables", "_graph", "list_applications")


@pytest.fixture
async def product() -> AsyncIterator[Composition]:
    gc.unfreeze()
    made = Composition(read_settings=lambda: read(product_settings().values))
    yield made
    await made.close()
    gc.unfreeze()


def made(product: Composition) -> int:
    """Return how many of the parts that a list needs there are."""
    return len(vars(product).keys() & set(NEEDED_BY_A_LIST))


async def others_have_ended() -> None:
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()}, return_exceptions=True)


async def answered(product: Composition, name: str) -> int:
    """Call one of the functions as the worker does; return its status."""
    app = func.FunctionApp()
    app.register_functions(page.blueprint(product))
    (function,) = (each for each in app.get_functions() if each.get_function_name() == name)
    answer = await function.get_user_function()(req=request(), context=context())
    status: int = answer.status_code
    return status


async def test_what_was_imported_for_a_client_is_kept_out_of_the_collector(
    product: Composition,
) -> None:
    assert product.authenticator is not None
    assert gc.get_freeze_count() > 0


async def test_behind_the_pages_settings_its_first_list_is_prepared(product: Composition) -> None:
    assert await answered(product, "config") == 200
    assert made(product) == 0
    await others_have_ended()
    assert made(product) == len(NEEDED_BY_A_LIST)


@pytest.mark.parametrize("name", ["health", "openapi"])
async def test_whoever_opens_no_page_has_nothing_prepared(product: Composition, name: str) -> None:
    assert await answered(product, name) == 200
    await others_have_ended()
    assert made(product) == 0


async def test_others_come_between_two_parts(product: Composition) -> None:
    seen: set[int] = set()

    async def serve() -> None:
        while made(product) < len(NEEDED_BY_A_LIST):
            seen.add(made(product))
            await asyncio.sleep(0)

    product.prepare()
    await serve()
    assert seen == set(range(len(NEEDED_BY_A_LIST)))


async def test_it_is_prepared_once(product: Composition) -> None:
    before = len(asyncio.all_tasks())
    product.prepare()
    product.prepare()
    assert len(asyncio.all_tasks()) == before + 1
    await others_have_ended()
    product.prepare()
    assert len(asyncio.all_tasks()) == before


async def test_what_cannot_be_prepared_is_told_to_whoever_asks_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def missing() -> Settings:
        raise SettingsIncomplete(missing=["TENANT_ID"], malformed=[])

    product = Composition(read_settings=missing)
    with caplog.at_level(logging.DEBUG):
        product.prepare()
        await others_have_ended()
        gc.collect()
    assert "Task exception" not in caplog.text
    with pytest.raises(SettingsIncomplete):
        _ = product.authenticator
    await product.close()
