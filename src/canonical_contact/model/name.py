"""What a person is called: name components after JSContact (RFC 9553, section 2.2.1)."""

from __future__ import annotations

from attrs import frozen

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

    full: str = ""
    title: str = ""
    given: str = ""
    given2: str = ""
    surname: str = ""
    surname2: str = ""
    generation: str = ""
    credential: str = ""
    phonetic_given: str = ""
    phonetic_surname: str = ""
    sort_as: str = ""
    phonetic_given2: str = ""
    phonetic_system: str = ""

    @property
    def display(self) -> str:
        """The name on one line: `full` where it is known, else the components in western order."""
        return self.full or " ".join(filter(None, (self.given, self.given2, self.surname, self.surname2)))
