"""Receipts: a consent record for the person or another system, and back.

`kantara_receipt` and `iso27560_record` write one; both carry the whole event history in a block of our own, from which `read_receipt`
gives it back as it was. Another's receipt is read as evidence.
"""

from canonical_contact.consent.receipts._block import BLOCK
from canonical_contact.consent.receipts._terms import NOT_STATED, Party, Terms
from canonical_contact.consent.receipts.iso27560 import ISO27560, iso27560_record
from canonical_contact.consent.receipts.kantara import KANTARA, kantara_receipt
from canonical_contact.consent.receipts.reading import Claim, ReadReceipt, read_receipt

__all__ = [
    "BLOCK",
    "ISO27560",
    "KANTARA",
    "NOT_STATED",
    "Claim",
    "Party",
    "ReadReceipt",
    "Terms",
    "iso27560_record",
    "kantara_receipt",
    "read_receipt",
]
