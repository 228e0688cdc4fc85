"""The readers of cards: python fuzz/vcard.py [libFuzzer's options] CORPUS. See fuzz/run.sh."""

from __future__ import annotations

import io

import atheris

with atheris.instrument_imports(include=["canonical_contact"]):
    from canonical_contact.formats import Presets, read
    from canonical_contact.formats.exchange import read_contacts, write_contacts
    from canonical_contact.formats.vcard.jcard import from_jcard, to_jcard
    from canonical_contact.formats.vcard.upgrade import Upgrade
    from canonical_contact.formats.vcard.wire import open_cards
    from canonical_contact.formats.vcard.write import card_bytes

from _harness import EXACT, as_file, fuzz

PRESETS = Presets()


def ignore(*_: object) -> None:
    return


def properties(data: bytes) -> list[list[object]]:
    upgrade = Upgrade()
    found = [upgrade.properties(card, ignore) for card in open_cards(io.BytesIO(data), ignore)]
    return [list(one) for one in found if one]


def one(data: bytes) -> None:
    cards = properties(data)
    for card in cards:
        from_jcard(to_jcard(card), ignore)
    lost: list[object] = []
    written = b"".join([card_bytes(card, lambda *what: lost.append(what)) for card in cards])
    assert lost or properties(written) == cards
    contacts = list(read_contacts(io.BytesIO(data), format="vcard"))
    stream = io.BytesIO()
    losses = write_contacts(contacts, stream, format="vcard")
    stream.seek(0)
    again = list(read_contacts(stream, format="vcard"))
    assert not EXACT or not losses.exact or again == contacts
    list(read(as_file(data, "fuzz.vcf"), presets=PRESETS))


if __name__ == "__main__":
    fuzz(one)
