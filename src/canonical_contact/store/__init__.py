"""Where contacts live: the adapters that ship, and views of their rows as values of the model."""

from canonical_contact.store.memory import MemoryStore
from canonical_contact.store.sqlite import SQLiteStore

__all__ = ["MemoryStore", "SQLiteStore"]
