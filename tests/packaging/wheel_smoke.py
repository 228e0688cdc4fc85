"""Run by .ci/run with the Python of an empty environment that holds the wheel without extras: the core works by itself."""

from datetime import UTC, datetime
from importlib.metadata import version

import canonical_contact as cc

for name in cc.__all__:
    getattr(cc, name)
assert cc.__version__ == version("canonical-contact")

address = cc.normalize.email("  Ana.Lopez@Example.ORG ").value
assert address is not None
assert address.key == "ana.lopez@example.org", address

AT = datetime(2026, 7, 1, tzinfo=UTC)
asked = cc.Contact(contact_id="019f1af9-b400-7708-9871-081bf9502cb8", emails=(address,))
left = cc.ConsentRecord(cc.Channel.EMAIL, "marketing", cc.ConsentState.WITHDRAWN, events=("e1",))
assert cc.from_json(cc.Contact, cc.to_json(asked)) == asked
refused = cc.may_contact(cc.Contact(contact_id=asked.contact_id, emails=(address,), consent=(left,)), "email", "marketing", at=AT)
assert not refused.allowed, refused
assert refused.reasons, refused
print(f"canonical-contact {cc.__version__} works without extras; a withdrawn consent answers {refused.reasons[0]!r}")
