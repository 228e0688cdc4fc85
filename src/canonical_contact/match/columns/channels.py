"""Comparing mailboxes and numbers over columns: the answers of `comparisons/channels.py`.

Each record of a pair may have several values; all pairs of values are laid out in one row each and the strongest answer is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from canonical_contact.match.columns._near import Memo, Near, of_lines
from canonical_contact.match.columns._product import product
from canonical_contact.match.columns._spelt import Spelt
from canonical_contact.match.columns._texts import among, begin, halves, last, main_locals
from canonical_contact.match.columns.pairs import Levels
from canonical_contact.match.comparisons._base import Lookups
from canonical_contact.match.comparisons._mailbox import FEW_DIGITS, digits_in, letters_in
from canonical_contact.match.comparisons.channels import (
    E_DIFFERENT,
    E_DOMAIN,
    E_LOCAL,
    E_MISSING,
    E_NAME,
    E_NEAR,
    E_SAME,
    E_SHARED,
    LONG_LOCAL,
    LONG_PHONE,
    M_MISSING,
    M_NAMES,
    M_OTHER,
    P_DIFFERENT,
    P_MISSING,
    P_NEAR,
    P_SAME,
    P_SHARED,
    P_SUFFIX,
    SUFFIX,
    TAIL,
)
from canonical_contact.match.table import Bools, Codes, FeatureTable, Lists, Places, Values

__all__ = ["ChannelColumns"]


class _Mails:
    """The mailboxes of two pools, personal ones and shared ones, taken apart once."""

    def __init__(self, lookups: Lookups, emails: Sequence[str], roles: Sequence[str]) -> None:
        (local, domain), (_, shared) = halves(emails), halves(roles)
        self.local, self.domain = local.codes, domain.codes
        domains = {text: place for place, text in enumerate(domain.pool)}
        self.role_domain = np.array([domains.setdefault(text, len(domains)) for text in shared.pool], np.int32)[shared.codes]
        letters, digits = Values.of(of_lines(letters_in, local.pool)), Values.of(of_lines(digits_in, local.pool))
        self.letters, self.letter_pool, self.digits = letters.codes, letters.pool, digits.codes
        self.few = np.fromiter((len(text) <= FEW_DIGITS for text in digits.pool), np.bool_)
        self.main = main_locals(local.pool).codes
        self.locals, self.domains = Near(local.pool), Near(list(domains))
        self.free = np.fromiter((domain in lookups.free_mail for domain in domains), np.bool_)
        self.shared = among(emails, lookups.shared)


class _Phones:
    """The numbers of a pool, taken apart once."""

    def __init__(self, lookups: Lookups, pool: Sequence[str]) -> None:
        self.tails, self.suffixes = last(pool, TAIL).codes, last(pool, SUFFIX).codes
        self.partial, self.shared = begin(pool, "~"), among(pool, lookups.shared)
        self.near = Near(pool)


class ChannelColumns:
    """Makes the comparisons of a `Channels` over arrays of places; what it learns of a pool it keeps for the next chunk.

    Args:
        lookups: what comparisons look up.
    """

    def __init__(self, lookups: Lookups) -> None:
        self._mails = Memo(lambda emails, roles: _Mails(lookups, emails, roles))
        self._phones = Memo(lambda pool: _Phones(lookups, pool))
        self._boxes = Memo(self._taken_apart)

    def compare(self, table: FeatureTable, left: Places, right: Places) -> list[Levels]:
        """As `Channels.levels`, an array for each comparison."""
        boxes, phones = self._boxes.of(table), table.lists["phones"]
        email, common = _emails(boxes, left, right)
        return [email, _phone(self._phones.of(phones.pool), phones, left, right), _mailbox(boxes, common, left, right)]

    def _taken_apart(self, table: FeatureTable) -> _Boxes:
        emails, roles = table.lists["emails"], table.lists["roles"]
        mails = self._mails.of(emails.pool, roles.pool)
        spelt, owners = Spelt(table, mails.letter_pool), emails.owners()
        letters = Lists(emails.offsets, mails.letters[mails.local[emails.codes]], [])
        own = np.zeros(len(table), np.bool_)
        own[owners[spelt.full(owners, letters.codes)]] = True
        counts = emails.counts + roles.counts
        firms = Lists(np.concatenate(([0], np.cumsum(counts))), np.empty(int(counts.sum()), np.int32), [])
        firms.codes[_places(firms.offsets, emails, 0)] = mails.domain[emails.codes]
        firms.codes[_places(firms.offsets, roles, emails.counts)] = mails.role_domain[roles.codes]
        return _Boxes(mails, spelt, emails, roles, letters, own, firms)


class _Boxes(NamedTuple):
    """The mailboxes of the records, what is known of them, and whose names they spell.

    `letters` are the letters of the personal ones, `own` says whose name one of these spells, `firms` are the domains of all.
    """

    mails: _Mails
    spelt: Spelt
    emails: Lists
    roles: Lists
    letters: Lists
    own: Bools
    firms: Lists


def _emails(boxes: _Boxes, left: Places, right: Places) -> tuple[Levels, Bools]:
    """The levels of `email`, and which pairs have a mailbox in common."""
    mails, spelt, emails, roles, *_ = boxes
    levels, common = np.full(len(left), E_MISSING, np.uint8), np.zeros(len(left), np.bool_)
    values = product(emails, left, emails, right)
    found = np.full(len(values.a), E_DIFFERENT, np.uint8)
    equal = values.a == values.b
    rows = np.flatnonzero(~equal & (mails.local[values.a] == mails.local[values.b]))
    found[rows] = _same_locals(
        mails, spelt, values.a[rows], values.b[rows], (left[values.owner[rows]], right[values.owner[rows]])
    )
    rows = np.flatnonzero(~equal & (mails.domain[values.a] == mails.domain[values.b]))
    found[rows] = _same_domains(mails, values.a[rows], values.b[rows])
    levels[values.pairs] = values.least(found)
    # a common mailbox decides, whatever the others are
    common[values.owner[equal]] = True
    levels[common] = E_SHARED
    levels[values.owner[equal & ~mails.shared[values.a]]] = E_SAME

    rest = np.ones(len(left), np.bool_)
    rest[values.pairs] = False
    values = product(roles, left, roles, right)
    shared = values.owner[values.a == values.b]
    levels[shared[rest[shared]]] = E_SHARED
    rest[shared] = False
    places = np.flatnonzero(rest)
    levels[places[_same_firm(boxes, left[places], right[places])]] = E_DOMAIN
    return levels, common


def _same_locals(mails: _Mails, spelt: Spelt, a: Codes, b: Codes, records: tuple[Places, Places]) -> Levels:
    local, domain_a, domain_b = mails.local[a], mails.domain[a], mails.domain[b]
    near = mails.domains.within(domain_a, domain_b, 2) & ~(mails.free[domain_a] & mails.free[domain_b])
    letters, digits = mails.letters[local], mails.digits[local]
    name = np.zeros(len(a), np.bool_)
    for places in records:
        name |= spelt.full(places, letters) & (digits == 0)
        name |= spelt.alone(places, letters) & mails.few[digits]
    return np.select(
        [~near & (mails.locals.lengths[local] < LONG_LOCAL), mails.shared[a] | mails.shared[b], near, name],
        [E_DIFFERENT, E_SHARED, E_NEAR, E_NAME],
        E_LOCAL,
    ).astype(np.uint8)


def _same_domains(mails: _Mails, a: Codes, b: Codes) -> Levels:
    local_a, local_b = mails.local[a], mails.local[b]
    lengths = np.minimum(mails.locals.lengths[local_a], mails.locals.lengths[local_b])
    near = (lengths >= LONG_LOCAL) & (mails.digits[local_a] == mails.digits[local_b]) & mails.locals.one_off(local_a, local_b)
    free = mails.free[mails.domain[a]]
    one = mails.main[local_a] == mails.main[local_b]
    shared = one & (mails.shared[a] | mails.shared[b])
    return np.select([shared, one | near, ~free], [E_SHARED, E_NEAR, E_DOMAIN], E_DIFFERENT).astype(np.uint8)


def _same_firm(boxes: _Boxes, left: Places, right: Places) -> Bools:
    """Which pairs have mailboxes, personal or shared, at one domain that is no free provider's."""
    found = np.zeros(len(left), np.bool_)
    domains = product(boxes.firms, left, boxes.firms, right)
    found[domains.owner[(domains.a == domains.b) & ~boxes.mails.free[domains.a]]] = True
    return found


def _places(offsets: Places, lists: Lists, after: NDArray[np.int64] | int) -> Places:
    """Where the entries of a list go in a longer one, in which each record's begin at `offsets` and `after` others."""
    begins = offsets[:-1] + after
    return np.repeat(begins - lists.offsets[:-1], lists.counts) + np.arange(len(lists.codes))


def _phone(phones: _Phones, lists: Lists, left: Places, right: Places) -> Levels:
    levels = np.full(len(left), P_MISSING, np.uint8)
    values = product(lists, left, lists, right)
    a, b = values.a, values.b
    lengths = np.minimum(phones.near.lengths[a], phones.near.lengths[b])
    partial = phones.partial[a] | phones.partial[b]
    same = (a == b) | (partial & (phones.tails[a] == phones.tails[b]) & (lengths > TAIL))
    found = np.full(len(a), P_DIFFERENT, np.uint8)
    found[same] = np.where(phones.shared[a[same]] | phones.shared[b[same]], P_SHARED, P_SAME)
    rows = np.flatnonzero(~same & (lengths >= LONG_PHONE))
    a, b = a[rows], b[rows]
    near = (phones.near.firsts[a] == phones.near.firsts[b]) & phones.near.one_off(a, b)
    found[rows] = np.select([near, phones.suffixes[a] == phones.suffixes[b]], [P_NEAR, P_SUFFIX], P_DIFFERENT)
    levels[values.pairs] = values.least(found)
    return levels


def _mailbox(boxes: _Boxes, common: Bools, left: Places, right: Places) -> Levels:
    spelt, letters = boxes.spelt, boxes.letters
    levels = np.full(len(left), M_MISSING, np.uint8)
    for record, other in ((left, right), (right, left)):
        levels[~common & boxes.own[record] & spelt.named(other)] = M_OTHER
    for record, other in ((left, right), (right, left)):
        numbers = np.where(common, 0, letters.counts_at(record))
        for place in range(int(numbers.max(initial=0))):
            rows = np.flatnonzero((numbers > place) & (levels > M_NAMES))
            codes = letters.codes[letters.offsets[record[rows]] + place]
            levels[rows[spelt.full(other[rows], codes)]] = M_NAMES
    return levels
