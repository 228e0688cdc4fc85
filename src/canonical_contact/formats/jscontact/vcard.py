"""JSContact to and from the properties of a vCard 4.0: the conversion of RFC 9555, both ways without a loss."""

from canonical_contact.formats.jscontact._from_vcard import from_properties
from canonical_contact.formats.jscontact._to_vcard import to_properties

__all__ = ["from_properties", "to_properties"]
