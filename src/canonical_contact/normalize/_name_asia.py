# The order of Chinese, Japanese, Korean and Vietnamese names, in their scripts and in Latin letters.
from __future__ import annotations

import re
from typing import Final

from canonical_contact.normalize import _name_tables as tables
from canonical_contact.normalize._name_parse import VOWELS, Draft, Hints

__all__ = ["east_asian", "family_size", "is_one_surname", "romanised", "vietnamese"]

_HAN: Final = re.compile("[\u3005\u3006\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+\\Z")
_HAN_KANA: Final = re.compile("([\u3005\u3006\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]{1,3})([\u3040-\u30ff]+)\\Z")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]+\\Z")
_EAST_ASIAN: Final = re.compile("[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3]+\\Z")
_VIETNAMESE: Final = re.compile("[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
_SYLLABLE: Final = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|van|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ui|un|uo|ue|ve|a|e|i|o|u|v)"
_PINYIN: Final = re.compile(f"{_SYLLABLE}[-']?(?:{_SYLLABLE})?\\Z")
_PINYIN_TWO: Final = re.compile(f"{_SYLLABLE}[-']?{_SYLLABLE}\\Z")
_KOREAN: Final = (
    "(?:kk|tt|pp|ss|jj|ch|[gkndtrlmbpsjh])?(?:yeo|yae|wae|eo|eu|ae|oo|ee|ya|ye|yo|yu|wa|wo|we|wi|ui|[aeiouy])(?:ng|[gknltmp])?"
)
_KOREAN_TWO: Final = re.compile(f"{_KOREAN}-?{_KOREAN}\\Z")
_SOUTH_ONE: Final = re.compile(r"[a-z]{1,6}\Z")
_JAPANESE: Final = re.compile("(?:(?:[kgsztdnhbpmyrwjf]|sh|ch|ts|[kgnhbpmr]y|k{2}|t{2}|s{2}|p{2})?[aiueo]|n(?![aiueo]))+h?\\Z")
_HYPHENED: Final = re.compile("[A-Za-z][a-z]{1,5}-[A-Za-z][a-z]{1,5}\\Z")


def is_one_surname(token: str) -> bool:
    """Tell whether a word of Han characters is a surname and nothing else."""
    return len(token) > 1 and (token in tables.JAPANESE or token in tables.CHINESE)


def family_size(token: str, hints: Hints) -> int:
    """Count the characters of the surname at the front of an unspaced name; 0 where there seems to be none."""
    if _HANGUL.match(token):
        if len(token) > 3 and token[:2] in tables.KOREAN:
            return 2
        return 1 if token[:1] in tables.KOREAN and len(token) in {2, 3, 4} else 0
    if _HAN.match(token):
        return _han_family(token, hints)
    mixed = _HAN_KANA.match(token)
    return len(mixed[1]) if mixed else 0


def _han_family(token: str, hints: Hints) -> int:
    """Count the characters of the surname at the front of an unspaced name; 0 where the table knows none."""
    chinese = hints.tells("zh yue", "CN TW HK MO SG")
    size = len(token)
    if size > 2 and token[:2] in tables.CHINESE:
        return 2
    if not chinese:
        for wide in (3, 2):
            if size > wide and token[:wide] in tables.JAPANESE:
                return wide
    if hints.tells("ja", "JP") and size > 1:
        return 1 if token[:1] in tables.JAPANESE and size < 4 else 2 if size > 3 else 1 if size == 2 else 2
    if token[:1] in tables.CHINESE and size in {2, 3}:
        return 1
    if size in {4, 5} and (not chinese or size == 4):
        return 2
    return 1 if token[:1] in tables.JAPANESE and size in {2, 3} else 0


def east_asian(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:  # noqa: ARG001
    if len(tokens) != 2 or not (_EAST_ASIAN.match(tokens[0]) and _EAST_ASIAN.match(tokens[1])):
        return False
    known = [token in tables.CHINESE or token in tables.JAPANESE or token in tables.KOREAN for token in tokens]
    first, second = tokens
    if known[1] and not known[0]:
        first, second = second, first
    draft.other_order = known[0] == known[1]
    return draft.put([first], [second], sure=0.9 if known[0] != known[1] else 0.7)


def vietnamese(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:
    if keys[0] not in tables.VIETNAMESE:
        return False
    told = hints.tells("vi", "VN")
    marked = not "".join(tokens).isascii() and _VIETNAMESE.search("".join(tokens)) is not None
    bare = keys[0] in tables.VIETNAMESE_ONLY and len(tokens) in {3, 4} and keys[-1] not in tables.VIETNAMESE_ONLY
    if not (told or marked):
        if not bare or not all(_SOUTH_ONE.match(key) and len(VOWELS.findall(key)) == 1 for key in keys[1:]):
            return False
        draft.other_order = True
    return draft.put(tokens[:1], tokens[-1:], tokens[1:-1], sure=0.9 if told else 0.8 if marked else 0.7)


def romanised(tokens: list[str], keys: list[str], draft: Draft, hints: Hints) -> bool:
    """Chinese, Korean and Japanese names in Latin letters: the surname is likelier to stand first."""
    family, count = keys[0], len(tokens)
    if count > 4:
        return False
    if family in tables.GIVEN_OF["en"] and count > 2 and keys[1] in tables.ROMAN_CHINESE:  # Tony Leung Chiu-wai
        rest = keys[2:]
        if (len(rest) == 1 and _HYPHENED.match(tokens[2])) or (
            len(rest) == 2 and all(map(_is_syllable, rest)) and keys[3] not in tables.ROMAN_CHINESE
        ):
            return draft.put(tokens[1:2], tokens[:1], tokens[2:], sure=0.7, first=False)
        if family not in tables.ROMAN_KOREAN:
            return False
    chinese, korean = family in tables.ROMAN_CHINESE, family in tables.ROMAN_KOREAN
    japanese = family in tables.ROMAN_JAPANESE
    if not (chinese or korean or japanese):
        return False
    told = hints.tells("zh yue ja ko", "CN TW HK MO SG KR KP JP MY")
    given = keys[1:]
    if count == 2:
        fits = _fits(given[0], tokens[1], chinese=family in tables.ROMAN_PINYIN, south=chinese, korean=korean, japanese=japanese)
        if not fits or (given[0] in tables.ROMAN and not told):
            return False
        if given[0] in tables.GIVEN_ELSEWHERE and not told:
            return False
    elif count == 3:
        if not ((chinese or korean) and all(map(_is_syllable, given)) and not any(map(_is_western, given))):
            return False
        if given[1] in tables.VIETNAMESE_ONLY or (
            given[1] in tables.ROMAN_CHINESE and given[0] in tables.ROMAN_CHINESE and family not in tables.ROMAN_CHINESE
        ):
            return False
    else:
        return False
    draft.other_order = not told
    return draft.put(tokens[:1], tokens[1:], sure=0.9 if told else 0.7)


def _is_western(key: str) -> bool:
    return key in tables.GIVEN_OF["en"] or (len(key) > 3 and key in tables.GIVEN)


def _is_syllable(key: str) -> bool:
    return (
        key.isascii()
        and key.isalpha()
        and len(key) < 7
        and len(VOWELS.findall(key)) == 1
        and not key.endswith("e") | (key in tables.PARTICLES)
    )


def _fits(key: str, token: str, *, chinese: bool, south: bool, korean: bool, japanese: bool) -> bool:
    if _HYPHENED.match(token):
        return (south or korean) and not ({*key.split("-")} & tables.GIVEN)
    return bool(
        (chinese and _PINYIN.match(key) and (len(key) > 4 or _PINYIN_TWO.match(key) or key not in tables.PARTICLES))
        or (korean and key not in tables.GIVEN and _KOREAN_TWO.match(key) and len(key) > 3)
        or (japanese and (key in tables.GIVEN_OF["ja"] or (_JAPANESE.match(key) and len(key) > 2 and key not in tables.GIVEN)))
    )
