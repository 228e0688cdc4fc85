"""What a person may demand: what is left of the erased, by which they are known again and not read."""

from canonical_contact.privacy.tombstones import Graves, Traces, address_keys, fingerprint, name_forms, tombstones_of

__all__ = ["Graves", "Traces", "address_keys", "fingerprint", "name_forms", "tombstones_of"]
