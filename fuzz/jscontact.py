"""The readers of JSContact and jCard: python fuzz/jscontact.py [libFuzzer's options] CORPUS. See fuzz/run.sh."""

from __future__ import annotations

import io

import atheris

with atheris.instrument_imports(include=["canonical_contact"]):
    from canonical_contact.formats.exchange import read_contacts, write_contacts

from _harness import EXACT, fuzz


def one(data: bytes) -> None:
    for name in ("jscontact", "jcard"):
        contacts = list(read_contacts(io.BytesIO(data), format=name))
        for target in ("jscontact", "vcard", "jcard"):
            stream = io.BytesIO()
            losses = write_contacts(contacts, stream, format=target)
            stream.seek(0)
            again = list(read_contacts(stream, format=target))
            assert not EXACT or not losses.exact or again == contacts


if __name__ == "__main__":
    fuzz(one)
