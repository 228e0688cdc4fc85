"""Files to raw records: delimited files with presets, any other table with a mapping, vCard; nothing in a file raises.

>>> from canonical_contact.formats import discover, read
>>> discover([])
[]
"""

from canonical_contact.formats._discover import discover
from canonical_contact.formats._lines import Limits
from canonical_contact.formats._mapping import Column, ConsentRule, Mapping, load_mapping, mapping_from_toml
from canonical_contact.formats._presets import PRESET_NAMES, Presets
from canonical_contact.formats._read import Reading, read, read_activities
from canonical_contact.formats._source import Source, SourceKind

__all__ = [
    "PRESET_NAMES",
    "Column",
    "ConsentRule",
    "Limits",
    "Mapping",
    "Presets",
    "Reading",
    "Source",
    "SourceKind",
    "discover",
    "load_mapping",
    "mapping_from_toml",
    "read",
    "read_activities",
]
