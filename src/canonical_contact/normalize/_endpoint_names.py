# The names that one mailbox or one line has had: consent outlives the rules for keys, so that a block is looked for under all of them.
from __future__ import annotations

import unicodedata
from typing import Final

__all__ = ["mailbox_names", "one_line", "switchboards"]

_FORMER_USER_DOMAINS: Final = (".fastmail.com", ".fastmail.fm")  # by email/1 the first label, whatever it is, was the mailbox
_DIRECT_DIAL: Final = ("+49", "+43")  # plans in which an extension is dialled right behind the number
_LONGEST_EXTENSION: Final = 5
_SHORTEST: Final = 8  # characters of a number that may have extensions, with its plus


def mailbox_names(endpoint: str) -> tuple[str, ...]:
    """List the names under which blocks on a mailbox are kept: as it is written, by the rules of today, and by those of `email/1`.

    Two endpoints that share a name are one mailbox to whoever must not be written to. It errs on that side: by `email/1` a plus began a
    sub-address at Yahoo, too, and what was blocked then stays so.

    Args:
        endpoint: an address or its match key, by whichever rules; any other text is its own name.

    Returns:
        The names, each once, the endpoint itself first.

    >>> mailbox_names("anna.b@protonmail.com"), mailbox_names("ana+x@yahoo.com")
    (('anna.b@protonmail.com', 'annab@proton.me'), ('ana+x@yahoo.com', 'ana@yahoo.com'))
    """
    from canonical_contact.normalize._email_providers import key_of

    name = endpoint.lower() if endpoint.isascii() else unicodedata.normalize("NFC", endpoint.casefold())
    local, at, domain = name.lstrip("'").rpartition(
        "@"
    )  # an apostrophe is a spreadsheet's sign for text, and was once a part of it
    if not at:
        return (endpoint,) if name == endpoint else (endpoint, name)
    mailbox, home = key_of(local, domain)
    names = [endpoint, name, f"{local}@{domain}", f"{mailbox}@{home}"]
    if (place := local.find("+", 1)) > 0:
        names.append(f"{local[:place]}@{domain}")
    if domain.endswith(_FORMER_USER_DOMAINS):
        user, _, parent = domain.partition(".")
        names.append(f"{user}@{parent}")
    return tuple(dict.fromkeys(names))


def switchboards(number: str) -> tuple[str, ...]:
    """List the numbers that may be the line whose extension a number is, in plans where both are dialled as one.

    A whole number is never the beginning of another one in such a plan, unless that is an extension behind it.

    Args:
        number: in E.164.

    >>> switchboards("+493012345"), switchboards("+442079460018")
    (('+49301234', '+4930123', '+493012'), ())
    """
    if number[:3] not in _DIRECT_DIAL:
        return ()
    return tuple([number[:end] for end in range(len(number) - 1, max(len(number) - _LONGEST_EXTENSION, _SHORTEST - 1) - 1, -1)])


def one_line(one: str, other: str) -> bool:
    """Tell whether two numbers are one, or one of them is an extension of the other.

    >>> one_line("+49301234567", "+4930123456712"), one_line("+4930123456713", "+4930123456712")
    (True, False)
    """
    return one == other or one in switchboards(other) or other in switchboards(one)
