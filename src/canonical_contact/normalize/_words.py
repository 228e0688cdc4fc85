# Words of columns that hold one of a few values; compared without case, accents, and with a space for _ and -.
from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from canonical_contact.model.channels import Channel, EmailStatus
from canonical_contact.model.contact import ContactKind, Restriction
from canonical_contact.normalize._text import plain

__all__ = ["ANNIVERSARIES", "CHANNELS", "DELETED", "GENDERS", "KINDS", "NOTHING", "RESTRICTIONS", "STATUSES", "bare", "look_up"]

T = TypeVar("T")


def bare(text: str) -> str:
    """Bring a word to the form of the tables.

    >>> bare(" Do_Not-Process ")
    'do not process'
    """
    return " ".join(plain(text).replace("_", " ").replace("-", " ").split())


def look_up(table: Mapping[str, T], text: str) -> T | None:
    """Find what a word stands for; None where the table does not know it."""
    return table.get(bare(text))


NOTHING: Final = frozenset({"", "no", "false", "0", "none", "no preference", "any", "n/a", "?", "unspecified", "not specified"})
"""Words that say that there is none."""

KINDS: Final[Mapping[str, ContactKind]] = {
    **{kind.value: kind for kind in ContactKind},
    **dict.fromkeys(("person", "contact", "human", "people"), ContactKind.INDIVIDUAL),
    **dict.fromkeys(("organization", "organisation", "company", "business", "account", "firma"), ContactKind.ORG),
}
GENDERS: Final[Mapping[str, str]] = {
    name: name for name in ("masculine", "feminine", "neuter", "common", "animate", "inanimate")
}  # RFC 9553, section 2.2.4
CHANNELS: Final[Mapping[str, Channel]] = {
    **{bare(channel.value): channel for channel in Channel},
    **dict.fromkeys(("e mail", "email address", "e mail address", "courriel", "correo electronico"), Channel.EMAIL),
    **dict.fromkeys(("text", "text message", "sms text", "mobile text"), Channel.SMS),
    **dict.fromkeys(
        ("phone", "telephone", "call", "phone call", "voice", "telefon", "anruf", "telefono", "mobile", "mobile phone"),
        Channel.VOICE_LIVE,
    ),
    **dict.fromkeys(("postal mail", "letter", "direct mail", "brief", "courrier", "postal"), Channel.POST),
    **dict.fromkeys(("whatsapp", "messenger", "im", "chat", "signal", "telegram", "wechat"), Channel.MESSAGING),
    **dict.fromkeys(("push notification", "app"), Channel.PUSH),
    **dict.fromkeys(("advertising", "display ads"), Channel.ADS),
}  # `mail` is a letter in one country and e-mail in the next
RESTRICTIONS: Final[Mapping[str, Restriction]] = {
    **{bare(restriction.value): restriction for restriction in Restriction},
    **dict.fromkeys(("do not market", "dont market", "don't market"), Restriction.DO_NOT_SOLICIT),
    **dict.fromkeys(
        ("dont process", "don't process", "restrict processing", "processing restricted"), Restriction.DO_NOT_PROCESS
    ),
    **dict.fromkeys(("dont profile", "don't profile"), Restriction.DO_NOT_PROFILE),
    **dict.fromkeys(("dont track", "don't track"), Restriction.DO_NOT_TRACK),
    **dict.fromkeys(("block geolocation tracking", "do not geotrack"), Restriction.DO_NOT_LOCATE),
    **dict.fromkeys(("forget me", "erase", "erasure", "delete my data", "right to be forgotten"), Restriction.FORGET),
}
STATUSES: Final[Mapping[str, EmailStatus]] = {
    **{status.value: status for status in EmailStatus},
    **dict.fromkeys(("valid", "deliverable", "good", "active", "clean"), EmailStatus.OK),
    **dict.fromkeys(("bounce", "hard bounce", "hard bounced", "hardbounce", "cleaned"), EmailStatus.BOUNCED),
    **dict.fromkeys(("invalid", "bad address", "undeliverable", "does not exist", "not deliverable"), EmailStatus.BAD),
    **dict.fromkeys(("quarantine", "suspended", "blocked"), EmailStatus.QUARANTINED),
}
DELETED: Final[Mapping[str, bool]] = {
    **dict.fromkeys(
        ("true", "yes", "1", "y", "x", "t", "deleted", "archived", "removed", "ja", "wahr", "oui", "vrai", "si"), True
    ),
    **dict.fromkeys(("false", "no", "0", "n", "f", "active", "nein", "non", ""), False),
}
ANNIVERSARIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "anniversary",
            "wedding",
            "wedding anniversary",
            "wedding day",
            "marriage",
            "hochzeit",
            "hochzeitstag",
            "mariage",
            "boda",
            "bruiloft",
        ),
        "wedding",
    ),
    **dict.fromkeys(("death", "deathday", "death date", "date of death", "todestag", "gestorben", "deces"), "death"),
}
