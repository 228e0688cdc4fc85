"""The published contract: how values of the model become JSON documents and come back."""

from canonical_contact.schema._convert import from_dict, from_json, make_converter, to_dict, to_json

__all__ = ["from_dict", "from_json", "make_converter", "to_dict", "to_json"]
