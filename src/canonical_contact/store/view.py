"""The rows of any store as contacts: what a host or a command reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve

from canonical_contact.errors import ErasedError, NotFoundError
from canonical_contact.model import Contact, Judgement, TombstoneKind, tombstone_hash
from canonical_contact.ports import ContactRow, ContactStore, DecisionRow
from canonical_contact.schema import from_json

__all__ = [
    "PRIVACY_KEY",
    "contact_of",
    "find_contacts",
    "get_contact",
    "iter_contacts",
    "read_key",
    "waiting_pairs",
    "was_erased",
]

PRIVACY_KEY = "privacy.key"  # the setting: `key` and the key's digits, or `held` and the fingerprint of one that the host keeps


def get_contact(store: ContactStore, contact_id: str) -> Contact:
    """Get one contact by its id or by an id that leads to it.

    Args:
        store: any store.
        contact_id: a UUIDv7 as in links.csv; also a retired one.

    Raises:
        NotFoundError: no contact has or had that id.

    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> _ = store.put_contacts([ContactRow("id-1", '{"contact_id":"id-1","titles":["CEO"]}', "d", (), (), retired=("id-0",))])
    >>> contact = get_contact(store, "id-0")
    >>> contact.contact_id, contact.aliases, contact.titles, contact.revision
    ('id-1', ('id-0',), ('CEO',), 1)
    """
    row = store.contact(contact_id)
    if row is None:
        raise was_erased(store, contact_id) or NotFoundError(
            "No contact has that id.", path="contact_id", hint="Take an id from links.csv, or search by e-mail or phone."
        )
    return contact_of(row)


def was_erased(store: ContactStore, contact_id: str) -> ErasedError | None:
    """Give the error to raise where the contact of an id was erased; None where nobody ever had the id.

    A store whose privacy key stays with the host cannot tell the two apart; `engine.erasing.erased_at` can, with the key.

    Args:
        store: any store.
        contact_id: an id that leads nowhere.

    >>> from canonical_contact.store import MemoryStore
    >>> was_erased(MemoryStore(), "id-1") is None
    True
    """
    own = read_key(store.setting(PRIVACY_KEY))
    if own:
        name = tombstone_hash(own, TombstoneKind.CONTACT, contact_id)
        if any(each.kind is TombstoneKind.CONTACT and each.hash == name for each in store.tombstones()):
            return ErasedError(
                "The contact of that id was erased.", path="contact_id", hint="Nothing of the person is kept; drop the id."
            )
    return None


def read_key(text: str | None) -> bytes | None:
    """Read the privacy key that a store keeps; None where there is none, or the host keeps it.

    >>> read_key("key 736563726574"), read_key("held 9f86d081884c7d65"), read_key(None)
    (b'secret', None, None)
    """
    word, _, digits = (text or "").partition(" ")
    return bytes.fromhex(digits) if word == "key" else None


def find_contacts(store: ContactStore, text: str, *, region: str = "") -> list[Contact]:
    """Find contacts by id, e-mail address or phone number, written in any usual way.

    Args:
        store: any store.
        text: an id, an address such as `Ana <ana@example.org>`, or a number.
        region: ISO 3166-1 alpha-2 of a number that has no country code.

    Returns:
        The contacts in the order of their ids; several where an address is shared, none where nothing is known.

    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> row = ContactRow("id-1", '{"contact_id":"id-1"}', "digest", (), (("email", "ana@example.org"), ("phone", "+442079460018")))
    >>> _ = store.put_contacts([row])
    >>> [c.contact_id for c in find_contacts(store, "ANA@example.org") + find_contacts(store, "020 7946 0018", region="GB")]
    ['id-1', 'id-1']
    """
    asked = text.strip()
    by_id = store.contact(asked) or store.contact(asked.lower())
    rows = (
        {by_id.contact_id: by_id} if by_id else {row.contact_id: row for key in _keys(asked, region) for row in store.find(*key)}
    )
    return [contact_of(rows[contact_id]) for contact_id in sorted(rows)]


def iter_contacts(store: ContactStore) -> Iterator[Contact]:
    """Stream all contacts in the order of their ids, in constant memory.

    >>> from canonical_contact.store import MemoryStore
    >>> list(iter_contacts(MemoryStore()))
    []
    """
    return map(contact_of, store.contacts())


_SETTLED = (Judgement.MATCH, Judgement.NO_MATCH)
_CONFLICT = "conflict"  # the reason of a question about what people said against each other


def contact_of(row: ContactRow) -> Contact:
    """Read the contact in a row, with the revision and the retired ids that only the store knows.

    >>> contact_of(ContactRow("id-1", '{"contact_id":"id-1"}', "digest", (), revision=3)).revision
    3
    """
    contact = from_json(Contact, row.document)
    return evolve(contact, revision=row.revision, aliases=tuple(dict.fromkeys((*contact.aliases, *row.retired))))


def waiting_pairs(store: ContactStore, home: Mapping[str, object] | None = None) -> list[DecisionRow]:
    """List the doubtful pairs that wait for a person, in the order of their keys.

    A pair whose records came into one contact through others asks nothing any more, and is left out; so is one that a person has
    answered, unless people contradict each other. Who was unsure leaves it waiting.

    Args:
        store: where the verdicts are.
        home: record key → what stands for its contact; None looks it up.

    >>> from canonical_contact.store import MemoryStore
    >>> store = MemoryStore()
    >>> _ = store.put_contacts([ContactRow("id-1", "{}", "d", ("a:1", "b:2")), ContactRow("id-2", "{}", "d", ("c:3",))])
    >>> pairs = [("a:1", "b:2"), ("a:1", "c:3")]
    >>> _ = store.put_decisions(DecisionRow(left, right, "review", 0.5, "weights", "p", "") for left, right in pairs)
    >>> [(row.left, row.right) for row in waiting_pairs(store)]
    [('a:1', 'c:3')]
    """
    answered = {(row.left, row.right) for row in store.decisions(people=True) if row.judgement in _SETTLED}
    rows = [row for row in store.decisions(Judgement.REVIEW) if row.reason == _CONFLICT or (row.left, row.right) not in answered]
    if home is None:
        asked = {key for row in rows for key in (row.left, row.right)}
        home = {key: contact for key, contact in store.members() if key in asked}
    return [row for row in rows if home.get(row.left, row.left) != home.get(row.right, row.right)]


def _keys(text: str, region: str) -> Iterator[tuple[str, str]]:
    """List the endpoints that a text may name: match keys, and the plain address for stores that were written without keys."""
    from canonical_contact import normalize

    if "@" in text:
        email = normalize.email(text)
        keys = dict.fromkeys((*email.keys, *((email.value.address,) if email.value else ())))
        yield from (("email", key) for key in keys)
    else:
        phone = normalize.phone(text, region=region)
        if phone.value:
            yield "phone", phone.value.number
