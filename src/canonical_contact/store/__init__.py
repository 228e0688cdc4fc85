"""Where contacts live: the adapters that ship, and views of their rows as values of the model.

`store.testing` is the suite that proves an adapter of your own.
"""

from canonical_contact.store._common import same_document
from canonical_contact.store.memory import MemoryStore
from canonical_contact.store.migrate import migrate_store
from canonical_contact.store.sqlite import SQLiteStore
from canonical_contact.store.view import contact_of, find_contacts, get_contact, iter_contacts, waiting_pairs

__all__ = [
    "MemoryStore",
    "SQLiteStore",
    "contact_of",
    "find_contacts",
    "get_contact",
    "iter_contacts",
    "migrate_store",
    "same_document",
    "waiting_pairs",
]
