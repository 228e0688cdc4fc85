"""What a person is called: name components after JSContact (RFC 9553, section 2.2.1)."""

from __future__ import annotations

from attrs import field, frozen

from canonical_contact.model.about import Pii, about

__all__ = ["Name"]


@frozen
class Name:
    """A personal name in its components; every component is text in NFC, empty where unknown.

    Args:
        full: the name as one line, in the order in which the person uses it.
        title: `Dr.`, `Frau`; several are joined with a space.
        given: given name or names as used.
        given2: middle names or initials.
        surname: family name, with its particles (`van der Meer`).
        surname2: second surname (Spanish, Portuguese) where it is known to be one.
        generation: `Jr.`, `III`.
        credential: `PhD, MBA`.
        phonetic_given: how the given name is read (kana, pinyin).
        phonetic_surname: how the surname is read.
        sort_as: the text that the name is sorted by, where a source states it.
        phonetic_given2: how the middle names are read.
        phonetic_system: how the readings are written: `ipa`, `jyut`, `piny`, or a script such as `Kana`.
    """

    full: str = field(default="", metadata=about(
        "Ana María Núñez García Jr.", Pii.IDENTITY, normalizer="name", survivorship="follow(name)", raw=("name.full",),
        jscontact="name.full", vcard="FN",
    ))  # fmt: skip
    title: str = field(default="", metadata=about(
        "Dr.", Pii.IDENTITY, normalizer="name", survivorship="most_recent", raw=("name.title",),
        jscontact="name.components[kind=title]", vcard="N[4]",
    ))  # fmt: skip
    given: str = field(default="", metadata=about(
        "Ana", Pii.IDENTITY, normalizer="name", survivorship="follow(name)", raw=("name.given",),
        jscontact="name.components[kind=given]", vcard="N[2]",
    ))  # fmt: skip
    given2: str = field(default="", metadata=about(
        "María", Pii.IDENTITY, normalizer="name", survivorship="follow(name)", raw=("name.given2",),
        jscontact="name.components[kind=given2]", vcard="N[3]",
    ))  # fmt: skip
    surname: str = field(default="", metadata=about(
        "Núñez", Pii.IDENTITY, normalizer="name", survivorship="follow(name)", raw=("name.surname",),
        jscontact="name.components[kind=surname]", vcard="N[1]",
    ))  # fmt: skip
    surname2: str = field(default="", metadata=about(
        "García", Pii.IDENTITY, normalizer="name", survivorship="follow(name)", raw=("name.surname2",),
        jscontact="name.components[kind=surname2]", vcard="N[6]",
    ))  # fmt: skip
    generation: str = field(default="", metadata=about(
        "Jr.", Pii.IDENTITY, normalizer="name", survivorship="most_frequent", raw=("name.generation", "name.suffix"),
        jscontact="name.components[kind=generation]", vcard="N[7]",
    ))  # fmt: skip
    credential: str = field(default="", metadata=about(
        "PhD", Pii.IDENTITY, normalizer="name", survivorship="most_recent", raw=("name.credential", "name.suffix"),
        jscontact="name.components[kind=credential]", vcard="N[5]",
    ))  # fmt: skip
    phonetic_given: str = field(default="", metadata=about(
        "アナ", Pii.IDENTITY, normalizer="name", survivorship="follow(name)", raw=("name.phonetic.given",),
        jscontact="name.components[kind=given].phonetic", vcard="N;PHONETIC[2]",
    ))  # fmt: skip
    phonetic_surname: str = field(default="", metadata=about(
        "ヌニェス", Pii.IDENTITY, normalizer="name", survivorship="follow(name)", raw=("name.phonetic.surname",),
        jscontact="name.components[kind=surname].phonetic", vcard="N;PHONETIC[1]",
    ))  # fmt: skip
    sort_as: str = field(default="", metadata=about(
        "Nunez, Ana", Pii.IDENTITY, normalizer="name", survivorship="follow(name)", raw=("name.sort_as",),
        jscontact="name.sortAs", vcard="N;SORT-AS",
    ))  # fmt: skip
    phonetic_given2: str = field(default="", metadata=about(
        "マリア", Pii.IDENTITY, since="1.1", normalizer="name", survivorship="follow(name)", raw=("name.phonetic.given2",),
        jscontact="name.components[kind=given2].phonetic", vcard="N;PHONETIC[3]",
    ))  # fmt: skip
    phonetic_system: str = field(default="", metadata=about(
        "Kana", since="1.1", validation="ipa, jyut, piny, or a script of ISO 15924", survivorship="follow(name)",
        raw=("name.phonetic.system",), jscontact="name.phoneticSystem, name.phoneticScript", vcard="N;PHONETIC",
    ))  # fmt: skip

    @property
    def display(self) -> str:
        """The name on one line: `full` where it is known, else the components in western order."""
        return self.full or " ".join(filter(None, (self.given, self.given2, self.surname, self.surname2)))
