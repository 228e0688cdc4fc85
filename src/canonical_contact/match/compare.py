"""Compare two records field by field: each comparison gives one level out of a short list, by pure functions on features.

The lists below are the whole vocabulary; `weights` holds a probability for each level, and the explanation of a pair prints them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from canonical_contact.match.features import PARTICLES, Features

__all__ = ["COMPARISONS", "Comparer"]

# Level 0 is the strongest agreement; the last level of each list is "missing" and weighs nothing.
COMPARISONS: dict[str, tuple[str, ...]] = {
    "given": ("exact", "part", "nickname", "typo", "initial", "different", "missing"),
    "surname": ("exact", "part", "typo", "different", "missing"),
    "birthday": ("exact", "near", "different", "missing"),
    "email": ("same", "near", "same_local", "same_shared", "same_domain", "different", "missing"),
    "phone": ("same", "same_shared", "near", "different", "missing"),
    "address": ("same", "same_postcode", "same_town", "different", "missing"),
    "employer": ("same", "different", "missing"),
    "generation": ("agree", "one_sided", "different", "missing"),
    "system": ("other", "same"),
}
MISSING = {field: len(levels) - 1 for field, levels in COMPARISONS.items()}

G_EXACT, G_PART, G_NICKNAME, G_TYPO, G_INITIAL, G_DIFFERENT, G_MISSING = range(7)
S_EXACT, S_PART, S_TYPO, S_DIFFERENT, S_MISSING = range(5)
B_EXACT, B_NEAR, B_DIFFERENT, B_MISSING = range(4)
E_SAME, E_NEAR, E_SAME_LOCAL, E_SHARED, E_DOMAIN, E_DIFFERENT, E_MISSING = range(7)
P_SAME, P_SHARED, P_NEAR, P_DIFFERENT, P_MISSING = range(5)
A_SAME, A_POSTCODE, A_TOWN, A_DIFFERENT, A_MISSING = range(5)
O_SAME, O_DIFFERENT, O_MISSING = range(3)
N_AGREE, N_ONE_SIDED, N_DIFFERENT, N_MISSING = range(4)


class Comparer:
    """Compares pairs of one run; remembers the outcome for each distinct pair of tokens, and goes with the run.

    Args:
        nicknames: token → the classes of names that it may stand for.
        free_mail: domains that say nothing about an employer.
        shared: e-mail and phone keys that several people use, as seen in the data.
    """

    def __init__(self, nicknames: Mapping[str, frozenset[str]], free_mail: frozenset[str], shared: Iterable[str] = ()) -> None:
        import jellyfish

        self._distance = jellyfish.damerau_levenshtein_distance
        self._sound = jellyfish.metaphone
        self._nicknames, self._free_mail, self.shared = nicknames, free_mail, frozenset(shared)
        self._tokens: dict[tuple[str, str], int] = {}
        self._typos: dict[tuple[str, str], bool] = {}

    def levels(self, left: Features, right: Features) -> tuple[int, ...]:
        """Compare two records; the result is symmetric, one level for each entry of `COMPARISONS`."""
        given, surname = self.names(left, right)
        return (
            given,
            surname,
            self._birthday(left.birthday, right.birthday),
            self._email(left, right),
            self._phone(left.phones, right.phones),
            self._address(left, right),
            O_MISSING if not left.employer or not right.employer else self._employer(left.employer, right.employer),
            _generation(left.generation, right.generation),
            1 if left.system == right.system else 0,
        )

    # names
    def names(self, left: Features, right: Features) -> tuple[int, int]:
        """Compare given name and surname, also swapped, by reading where the scripts differ, and where one field holds both."""
        best = self._name_pair(left.given, left.surname, right.given, right.surname)
        if best <= (G_PART, S_EXACT) and best[1] == S_EXACT:
            return best
        if left.read_given or left.read_surname or right.read_given or right.read_surname:
            for a_given, a_surname in ((left.given, left.surname), (left.read_given, left.read_surname)):
                for b_given, b_surname in ((right.given, right.surname), (right.read_given, right.read_surname)):
                    if (a_given or a_surname) and (b_given or b_surname):
                        best = _better(best, self._name_pair(a_given, a_surname, b_given, b_surname))
        if best[0] >= G_DIFFERENT or best[1] >= S_DIFFERENT:
            # the two fields of one record exchanged; worth a look only where straight reading fails
            swapped = self._name_pair(left.given, left.surname, right.surname, right.given)
            if swapped[0] < G_DIFFERENT and swapped[1] < S_DIFFERENT:
                best = _better(best, swapped)
            if left.han != right.han and best[0] == G_DIFFERENT and best[1] >= S_DIFFERENT:
                return G_MISSING, S_MISSING  # one name, two scripts, no reading: it says nothing
        if best[0] == G_DIFFERENT and self._nickname_of(left, right):
            best = G_NICKNAME, best[1]
        return best

    def _nickname_of(self, left: Features, right: Features) -> bool:
        return any(n in right.given for n in left.nicknames) or any(n in left.given for n in right.nicknames)

    def _name_pair(
        self, a_given: tuple[str, ...], a_surname: tuple[str, ...], b_given: tuple[str, ...], b_surname: tuple[str, ...]
    ) -> tuple[int, int]:
        return self._given(a_given, b_given), self._surname(a_surname, b_surname)

    def _given(self, a: tuple[str, ...], b: tuple[str, ...]) -> int:
        if not a or not b:
            return G_MISSING
        if a == b:
            return G_EXACT
        first = self._given_token(a[0], b[0])
        if first == G_EXACT:
            if len(a) > 1 and len(b) > 1 and a[1][0] != b[1][0]:
                return G_PART if a[1] in b or b[1] in a else G_TYPO
            return G_PART if len(a) > 1 and len(b) > 1 and a[1] != b[1] and len(a[1]) > 1 and len(b[1]) > 1 else G_EXACT
        joined_a, joined_b = "".join(a), "".join(b)
        if joined_a == joined_b:
            return G_EXACT
        if len(a) + len(b) > 2:
            if len(a) > 1 and joined_a in self._nicknames and self._nicknames[joined_a] & self._nicknames.get(b[0], frozenset()):
                return G_NICKNAME
            if len(b) > 1 and joined_b in self._nicknames and self._nicknames[joined_b] & self._nicknames.get(a[0], frozenset()):
                return G_NICKNAME
            if (joined_a.startswith(b[0]) and len(b[0]) > 3) or (joined_b.startswith(a[0]) and len(a[0]) > 3):
                return G_PART
            if "".join(t[0] for t in a) == joined_b or "".join(t[0] for t in b) == joined_a:
                return G_INITIAL
            if first == G_DIFFERENT and (b[0] in a[1:] or a[0] in b[1:]) and len(a[0]) > 1 and len(b[0]) > 1:
                return G_PART
        return first

    def _given_token(self, a: str, b: str) -> int:
        if a == b:
            return G_EXACT
        pair = (a, b) if a < b else (b, a)
        level = self._tokens.get(pair)
        if level is None:
            level = self._tokens[pair] = self._compare_given(*pair)
        return level

    def _compare_given(self, a: str, b: str) -> int:
        if len(a) == 1 or len(b) == 1:
            return G_INITIAL if a[0] == b[0] else G_DIFFERENT
        if self._nicknames.get(a, frozenset()) & self._nicknames.get(b, frozenset()):
            return G_NICKNAME
        if self._typo(a, b):
            return G_TYPO
        if min(len(a), len(b)) >= 3 and (a.startswith(b) or b.startswith(a)):
            return G_NICKNAME
        return G_DIFFERENT

    def _surname(self, a: tuple[str, ...], b: tuple[str, ...]) -> int:
        if not a or not b:
            return S_MISSING
        if a == b:
            return S_EXACT
        joined_a, joined_b = "".join(a), "".join(b)
        if joined_a == joined_b:
            return S_EXACT
        long_a, long_b = [t for t in a if t not in PARTICLES], [t for t in b if t not in PARTICLES]
        if long_a == long_b and long_a:
            return S_EXACT
        if set(long_a) & set(long_b):
            return S_PART
        if self._typo(joined_a, joined_b):
            return S_TYPO
        if len(long_a) + len(long_b) > 2 and any(self._typo(x, y) for x in long_a for y in long_b if len(x) > 4 and len(y) > 4):
            return S_PART
        return S_DIFFERENT

    def _typo(self, a: str, b: str) -> bool:
        pair = (a, b) if a < b else (b, a)
        known = self._typos.get(pair)
        if known is None:
            known = self._typos[pair] = self._is_typo(*pair)
        return known

    def _is_typo(self, a: str, b: str) -> bool:
        shorter, longer = sorted((len(a), len(b)))
        if shorter < 3 or longer - shorter > 2:
            return False
        allowed = 1 if longer < 8 else 2
        if self._distance(a, b) <= allowed:
            return shorter > 3 or a[0] == b[0]
        return shorter > 3 and a[0] == b[0] and a.isascii() and b.isascii() and self._sound(a) == self._sound(b)

    # channels
    def _email(self, left: Features, right: Features) -> int:
        a, b = left.emails, right.emails
        if a and b:
            shared = E_DIFFERENT
            for email in a:
                if email in b:
                    if email not in self.shared:
                        return E_SAME
                    shared = E_SHARED
            if shared == E_SHARED:
                return shared
            level = E_DIFFERENT
            for x in a:
                local_x, _, domain_x = x.partition("@")
                for y in b:
                    local_y, _, domain_y = y.partition("@")
                    if local_x == local_y:
                        near = self._near_domain(domain_x, domain_y)
                        level = min(level, E_NEAR if near else E_SAME_LOCAL if len(local_x) > 4 else E_DIFFERENT)
                    elif domain_x == domain_y:
                        if len(local_x) > 4 and abs(len(local_x) - len(local_y)) < 2 and self._distance(local_x, local_y) == 1:
                            digits = any(p.isdigit() or q.isdigit() for p, q in zip(local_x, local_y, strict=False) if p != q)
                            level = min(level, E_DIFFERENT if digits else E_NEAR)
                        elif domain_x not in self._free_mail:
                            level = min(level, E_DOMAIN)
            return level
        if left.roles and right.roles and set(left.roles) & set(right.roles):
            return E_SHARED
        if (a or left.roles) and (b or right.roles):
            domains = {e.partition("@")[2] for e in (*a, *left.roles)} & {e.partition("@")[2] for e in (*b, *right.roles)}
            return E_DOMAIN if domains - self._free_mail else E_MISSING
        return E_MISSING

    def _near_domain(self, a: str, b: str) -> bool:
        return abs(len(a) - len(b)) <= 2 and self._distance(a, b) <= 2 and not (a in self._free_mail and b in self._free_mail)

    def _phone(self, a: tuple[str, ...], b: tuple[str, ...]) -> int:
        if not a or not b:
            return P_MISSING
        level = P_DIFFERENT
        for x in a:
            for y in b:
                if x == y or ((x[0] == "~" or y[0] == "~") and x[-8:] == y[-8:] and len(x) > 8 and len(y) > 8):
                    if x not in self.shared and y not in self.shared:
                        return P_SAME
                    level = P_SHARED
                elif level == P_DIFFERENT and len(x) == len(y) and len(x) > 9 and sum(map(str.__ne__, x, y)) == 1:
                    level = P_NEAR
        return level

    # the rest
    @staticmethod
    def _birthday(a: str, b: str) -> int:
        if not a or not b:
            return B_MISSING
        if a == b:
            return B_EXACT
        year_a, year_b, day_a, day_b = a[:4], b[:4], a[-5:], b[-5:]
        if a.startswith("--") or b.startswith("--"):
            return B_EXACT if day_a == day_b else B_NEAR if day_a == f"{day_b[3:]}-{day_b[:2]}" else B_DIFFERENT
        if day_a == day_b or (
            year_a == year_b and (day_a == f"{day_b[3:]}-{day_b[:2]}" or day_a[:2] == day_b[:2] or day_a[3:] == day_b[3:])
        ):
            return B_NEAR
        return B_NEAR if len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1 else B_DIFFERENT

    def _address(self, left: Features, right: Features) -> int:
        street_a, street_b = left.street, right.street
        town_a, town_b = left.locality, right.locality
        postcode_a, postcode_b = left.postcode, right.postcode
        if not (street_a or town_a or postcode_a) or not (street_b or town_b or postcode_b):
            return A_MISSING
        same_postcode = bool(postcode_a) and postcode_a == postcode_b
        same_town = bool(town_a) and (town_a == town_b or self._typo(town_a, town_b))
        if (
            street_a
            and street_a == street_b
            and (same_postcode or same_town or (not (town_a and town_b) and not (postcode_a and postcode_b)))
        ):
            return A_SAME
        if same_postcode:
            return A_POSTCODE
        if same_town:
            return A_TOWN
        return A_DIFFERENT

    def _employer(self, a: str, b: str) -> int:
        if a == b or (min(len(a), len(b)) >= 6 and (a.startswith(b) or b.startswith(a))) or self._typo(a, b):
            return O_SAME
        return O_DIFFERENT


def _better(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    """The better of two name comparisons: fewer contradictions first, then stronger agreement; missing counts between."""
    return min(a, b, key=lambda pair: (_rank(pair[0], G_DIFFERENT) + _rank(pair[1], S_DIFFERENT), pair))


def _rank(level: int, different: int) -> float:
    return level if level < different else 20.0 if level == different else 8.0


def _generation(a: str, b: str) -> int:
    if a == b:
        return N_MISSING if not a else N_AGREE
    return N_DIFFERENT if a and b else N_ONE_SIDED
