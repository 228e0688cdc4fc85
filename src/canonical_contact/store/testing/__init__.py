"""The suite that proves a store: inherit it, say how yours is opened, and run pytest.

    class TestMyStore(DurableStoreConformance):
        @pytest.fixture(autouse=True)
        def _database(self, tmp_path):
            self.path = tmp_path / "mine.db"

        def make_store(self):
            return MyStore(self.path)

Each test method is one promise of `ports.ContactStore`. An adapter of `ports.ConsentLedger` alone inherits `LedgerConformance` and says
how it is opened in `make_ledger`. Nothing here needs pytest itself; for failures that show values, call
`pytest.register_assert_rewrite("canonical_contact.store.testing")` in your conftest.py.
"""

from canonical_contact.store.testing._contacts import ContactTests
from canonical_contact.store.testing._documents import DocumentTests
from canonical_contact.store.testing._durable import DurableTests
from canonical_contact.store.testing._erasing import ErasingTests
from canonical_contact.store.testing._ledger import LedgerOfStoreTests, LedgerTests
from canonical_contact.store.testing._records import RecordTests
from canonical_contact.store.testing._runs import RunTests
from canonical_contact.store.testing._transactions import TransactionTests

__all__ = ["DurableStoreConformance", "LedgerConformance", "StoreConformance"]


class StoreConformance(RecordTests, ContactTests, LedgerOfStoreTests, ErasingTests, DocumentTests, TransactionTests, RunTests):
    """What every store promises."""


class DurableStoreConformance(StoreConformance, DurableTests):
    """What a store promises that outlives its process: inherit this one for databases."""


class LedgerConformance(LedgerTests):
    """What every consent ledger promises: inherit this one for an adapter of `ports.ConsentLedger` alone."""
