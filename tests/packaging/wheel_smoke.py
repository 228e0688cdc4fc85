"""Run by .ci/run with the Python of an empty environment that holds the wheel without extras: the core works by itself."""

import sys
import tempfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import canonical_contact as cc
from canonical_contact.engine.dedupe import dedupe

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

CONTACTS = {
    "Name": ["Ana Lopez", "Lopez, Ana", "Eva Novak", "Jan Novak"],
    "E-mail": ["ana@example.org", "ANA@example.org", "eva@example.org", "jan@example.net"],
}
first, second, *others = dedupe(CONTACTS).cluster_ids
assert first == second, "two records of one person were not found"
assert len({first, *others}) == len(CONTACTS["Name"]) - 1, others
with tempfile.TemporaryDirectory() as folder:
    rows = zip(CONTACTS["Name"], CONTACTS["E-mail"], strict=True)
    Path(folder, "people.csv").write_text(
        "\n".join(["Name,E-mail", *(f'"{name}",{mailbox}' for name, mailbox in rows)]), encoding="utf-8"
    )
    unified = cc.unify([folder], cc.MemoryStore())
assert len({contact for *_, contact in unified.links}) == len(CONTACTS["Name"]) - 1, unified.links
assert not {"numpy", "rapidfuzz", "pyarrow"} & set(sys.modules)
print(f"canonical-contact {cc.__version__} works without extras; a withdrawn consent answers {refused.reasons[0]!r}")
