"""What the composition does to the process besides making clients."""

import gc

from local.settings import product_settings
from shared.bootstrap import Composition
from shared.settings import read


async def test_what_was_imported_for_a_client_is_kept_out_of_the_collector() -> None:
    gc.unfreeze()
    product = Composition(read_settings=lambda: read(product_settings().values))
    try:
        assert product.authenticator is not None
        assert gc.get_freeze_count() > 0
    finally:
        await product.close()
        gc.unfreeze()
