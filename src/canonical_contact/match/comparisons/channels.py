"""By which mailboxes and numbers people are reached, and what a mailbox says of its owner's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jellyfish import damerau_levenshtein_distance

from canonical_contact.match.comparisons._base import Comparison, Level, Lookups
from canonical_contact.match.comparisons._mailbox import Spellings, digits_in, is_name, letters_in, spellings
from canonical_contact.match.comparisons._near import one_off
from canonical_contact.match.features import Features

if TYPE_CHECKING:
    from canonical_contact.match.columns.channels import ChannelColumns
    from canonical_contact.match.columns.pairs import Levels
    from canonical_contact.match.table import FeatureTable, Places

__all__ = ["Channels"]

E_SAME, E_NEAR, E_LOCAL, E_NAME, E_SHARED, E_DOMAIN, E_DIFFERENT, E_MISSING = range(8)
P_SAME, P_SHARED, P_NEAR, P_SUFFIX, P_DIFFERENT, P_MISSING = range(6)
M_NAMES, M_OTHER, M_MISSING = range(3)

EMAIL = Comparison(
    "email",
    (
        Level("same", "They have the same mailbox, which nobody else uses."),
        Level(
            "near", "Two mailboxes differ by a slip in the domain or in the letters before it, or by what follows a plus sign."
        ),
        Level("same_local", "Two mailboxes have the same part before the @ at two domains, and it is more than a name."),
        Level("same_local_name", "Two mailboxes have the same part before the @ at two domains, but it is made of the name."),
        Level("same_shared", "They share a mailbox that several people use."),
        Level("same_domain", "Their mailboxes are at one domain, which is not one of a free provider."),
        Level("different", "Their mailboxes differ."),
        Level("missing", "They have no two mailboxes to compare."),
    ),
    "Do they read the same mailbox?",
)
PHONE = Comparison(
    "phone",
    (
        Level("same", "They have the same number, which nobody else uses."),
        Level("same_shared", "They share a number that several people use, such as a switchboard."),
        Level("near", "Two numbers differ by one digit, wrong, missing or too many, or by two neighbours that changed places."),
        Level("suffix", "Two numbers end in the same seven digits; country or area differ."),
        Level("different", "Their numbers differ."),
        Level("missing", "They have no two numbers to compare."),
    ),
    "Do they answer the same number?",
)
MAILBOX = Comparison(
    "mailbox",
    (
        Level("names_other", "A mailbox of one spells the name of the other."),
        Level("other", "A mailbox of one spells its owner's name, and none spells the name of the other."),
        Level("missing", "They share a mailbox, or no mailbox spells a name."),
    ),
    "Whose name do the mailboxes spell?",
)

LONG_LOCAL = 5  # a shorter local part is many people's
LONG_PHONE = 10  # with the mark; a shorter number is a slip from too many others
TAIL, SUFFIX = (
    8,
    7,
)  # so many places at the end are compared where a number could not be read in full; where only the end is equal


class Channels:
    """Compares mailboxes and numbers.

    Args:
        lookups: what comparisons look up.

    >>> channels = Channels(Lookups())
    >>> left = Features("a:1", "a", ("ana",), ("gil",), emails=("ana.gil@acme.es",), phones=("+34911234567",))
    >>> right = Features("b:1", "b", ("ana",), ("gil",), emails=("ana.gil@gmail.com",), phones=("+34921234567",))
    >>> [comparison.words[level] for comparison, level in zip(channels.comparisons, channels.levels(left, right))]
    ['same_local_name', 'near', 'names_other']
    """

    comparisons = (EMAIL, PHONE, MAILBOX)

    def __init__(self, lookups: Lookups) -> None:
        self.lookups = lookups
        self._spellings: dict[tuple[tuple[str, ...], ...], Spellings] = {}
        self._columns: ChannelColumns | None = None

    def levels(self, left: Features, right: Features) -> tuple[int, ...]:
        """Compare two records: one level for each of `comparisons`; symmetric."""
        return self._email(left, right), self._phone(left.phones, right.phones), self._mailbox(left, right)

    def columns(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """Compare record `left[i]` with `right[i]`: one array for each of `comparisons`."""
        if self._columns is None:
            from canonical_contact.match.columns.channels import ChannelColumns

            self._columns = ChannelColumns(self.lookups)
        return self._columns.compare(table, left, right)

    def _spelt(self, record: Features) -> Spellings:
        key = (record.given, record.surname, record.read_given, record.read_surname, record.nicknames)
        found = self._spellings.get(key)
        if found is None:
            found = self._spellings[key] = spellings(record)
        return found

    def _email(self, left: Features, right: Features) -> int:
        a, b = left.emails, right.emails
        if a and b:
            if common := set(a).intersection(b):
                return E_SHARED if common <= self.lookups.shared else E_SAME
            return min(self._mailboxes(x, y, left, right) for x in a for y in b)
        if not set(left.roles).isdisjoint(right.roles):
            return E_SHARED
        domains = _domains((*a, *left.roles)) & _domains((*b, *right.roles))
        return E_DOMAIN if domains - self.lookups.free_mail else E_MISSING

    def _mailboxes(self, x: str, y: str, left: Features, right: Features) -> int:
        local_x, _, domain_x = x.partition("@")
        local_y, _, domain_y = y.partition("@")
        if local_x == local_y:
            near = self._near_domains(domain_x, domain_y)
            if not near and len(local_x) < LONG_LOCAL:
                return E_DIFFERENT
            if x in self.lookups.shared or y in self.lookups.shared:
                return E_SHARED
            if near:
                return E_NEAR
            return E_NAME if is_name(local_x, self._spelt(left)) or is_name(local_x, self._spelt(right)) else E_LOCAL
        if domain_x != domain_y:
            return E_DIFFERENT
        if main_local(local_x) == main_local(local_y):
            return E_SHARED if x in self.lookups.shared or y in self.lookups.shared else E_NEAR
        if near_locals(local_x, local_y):
            return E_NEAR
        return E_DIFFERENT if domain_x in self.lookups.free_mail else E_DOMAIN

    def _near_domains(self, a: str, b: str) -> bool:
        if abs(len(a) - len(b)) > 2 or (a in self.lookups.free_mail and b in self.lookups.free_mail):
            return False
        return damerau_levenshtein_distance(a, b) <= 2

    def _phone(self, a: tuple[str, ...], b: tuple[str, ...]) -> int:
        if not a or not b:
            return P_MISSING
        shared = self.lookups.shared
        level = P_DIFFERENT
        for x in a:
            for y in b:
                if same_numbers(x, y):
                    if x not in shared and y not in shared:
                        return P_SAME
                    level = P_SHARED
                elif level > P_NEAR and min(len(x), len(y)) >= LONG_PHONE:
                    if x[0] == y[0] and one_off(x, y):
                        level = P_NEAR
                    elif x[-SUFFIX:] == y[-SUFFIX:]:
                        level = P_SUFFIX
        return level

    def _mailbox(self, left: Features, right: Features) -> int:
        if not (left.emails or right.emails) or not set(left.emails).isdisjoint(right.emails):
            return M_MISSING
        level = M_MISSING
        for emails, own, other in (
            (left.emails, self._spelt(left).full, self._spelt(right).full),
            (right.emails, self._spelt(right).full, self._spelt(left).full),
        ):
            for mail in emails if other else ():
                letters = letters_in(mail.partition("@")[0])
                if letters in other:
                    return M_NAMES
                if letters in own:
                    level = M_OTHER
        return level


def main_local(local: str) -> str:
    """The mailbox that a sub-address belongs to (RFC 5233), at whatever provider: mail to others seldom has a plus sign.

    >>> main_local("ana+crm"), main_local("ana"), main_local("+34600")
    ('ana', 'ana', '+34600')
    """
    return local.partition("+")[0] or local


def near_locals(a: str, b: str) -> bool:
    """Whether two local parts that differ are one but for a slip in their letters; another number is another mailbox.

    >>> near_locals("ana.lopez", "ana.lopes"), near_locals("a.lopez80", "a.lopez81"), near_locals("ana", "anna")
    (True, False, False)
    """
    return min(len(a), len(b)) >= LONG_LOCAL and digits_in(a) == digits_in(b) and one_off(a, b)


def same_numbers(x: str, y: str) -> bool:
    """Whether two numbers are equal, or their ends are where one could not be read in full."""
    return x == y or ("~" in {x[0], y[0]} and x[-TAIL:] == y[-TAIL:] and len(x) > TAIL and len(y) > TAIL)


def _domains(mails: tuple[str, ...]) -> set[str]:
    return {mail.partition("@")[2] for mail in mails}
