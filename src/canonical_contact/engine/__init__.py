"""The stages over many records: in this process, or on several cores with the same results."""

from canonical_contact.engine.local import Executor

__all__ = ["Executor"]
