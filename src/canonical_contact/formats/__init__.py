"""Files to raw records, and contacts to files and back (`formats.exchange`); nothing in a file raises.

>>> from canonical_contact.formats import discover, read
>>> discover([])
[]
"""

from canonical_contact.formats._again import Again
from canonical_contact.formats._discover import discover
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._loss import Loss, LossReport
from canonical_contact.formats._mailing_list import MailingList
from canonical_contact.formats._mapping import Column, ConsentRule, Mapping, load_mapping, mapping_from_toml
from canonical_contact.formats._presets import PRESET_NAMES, Presets
from canonical_contact.formats._read import Reading, read, read_activities
from canonical_contact.formats._source import Source, SourceKind
from canonical_contact.formats.exchange import FORMATS, Format, format_of, read_contacts, write_contacts

__all__ = [
    "FORMATS",
    "PRESET_NAMES",
    "Again",
    "Column",
    "ConsentRule",
    "Format",
    "Limits",
    "Loss",
    "LossReport",
    "MailingList",
    "Mapping",
    "Presets",
    "Reading",
    "Source",
    "SourceKind",
    "discover",
    "format_of",
    "load_mapping",
    "mapping_from_toml",
    "read",
    "read_activities",
    "read_contacts",
    "write_contacts",
]
