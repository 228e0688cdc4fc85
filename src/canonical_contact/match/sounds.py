"""How a folded name sounds, roughly and in any language that is written in Latin letters: consonants by their class, no vowels."""

from __future__ import annotations

import re

__all__ = ["sound_key"]

# Pattern → what stands in the key, the first that fits from left to right. Where languages read a letter differently the commoner
# reading among names is taken: both sides are read the same way, so a wrong reading costs a collision and not a match.
_READINGS = {
    r"^[aeiouy]*y(?=[aeou])": "j",
    r"^[aeiouy]+": "a",
    r"^[kg]n|gn": "n",
    r"^wr": "r",
    r"^ps": "s",
    r"pf|ph|wh|[vw]": "f",
    r"sc(?=[eiy])|tsch|tzsch|shch|sch|tch|tsh|dzh|cz|cs|zs|sz|sh|zh|t[sz]|dz": "s",
    r"dj|gi(?=[aou])|g[ei]": "j",
    r"gh(?![aeiouy])": "",
    r"ch(?![aeiouy])|(?<!^)ch(?=a)|kh|ck|gh": "k",
    r"ch|c[eiy]|[zç]": "s",
    r"x": "ks",
    r"dt|th": "t",
    r"(?<=[aeiouy])j(?![aeiouy])": "",
    r"[cqg]": "k",
    r"(?<!^)h|[aeiouy]": "",
}
_PATTERN = re.compile("|".join(f"({pattern})" for pattern in _READINGS))
_SOUNDS = tuple(_READINGS.values())


def sound_key(token: str) -> str:
    """Give the key of a folded word; words with one key sound alike.

    The idea is that of Philips' Metaphone (1990) and Postel's Kölner Phonetik (1969); the classes are wider, as names come from any
    language: `c` as `k` or `s`, `v` and `w` as `f`, every hiss as `s`, a soft `g` as `j`; a first vowel is `a`, other vowels are left out.

    Args:
        token: one folded word of a name. Letters that are not Latin stay as they are.

    Returns:
        The key; empty for a word without letters that sound.

    >>> sound_key("stephen"), sound_key("steven"), sound_key("aleksandr"), sound_key("alexander")
    ('stfn', 'stfn', 'alksndr', 'alksndr')
    """
    return _PATTERN.sub(_sound, token)


def _sound(match: re.Match[str]) -> str:
    return _SOUNDS[(match.lastindex or 1) - 1]
