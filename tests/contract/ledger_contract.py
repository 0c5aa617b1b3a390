"""What every Ledger promises."""

from tests.contract.ledger_claims_contract import ClaimContract, ContentContract, OwnClaimContract
from tests.contract.ledger_index_contract import IndexContract
from tests.contract.ledger_states_contract import AdvanceContract, VoidContract


class LedgerContract(
    ClaimContract, OwnClaimContract, ContentContract, AdvanceContract, VoidContract, IndexContract
):
    """All of it."""
