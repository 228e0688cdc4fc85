from __future__ import annotations

import pytest

from canonical_contact.normalize import fold
from canonical_contact.normalize._text import clean, clean_lines, repair


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łukasz", "lukasz"), ("Großmüller", "grossmuller"), ("Øst", "ost"), ("Æsir", "aesir"), ("Þórsson", "thorsson"), ("Guðrún", "gudrun"),
        ("Đặng", "dang"), ("ILGAZ ılgaz", "ilgaz ilgaz"), ("İstanbul", "istanbul"), ("Cœur", "coeur"), ("O’Brien", "o'brien"),
        ("毛泽东", "maozedong"), ("欧阳", "ouyang"), ("サトウ", "sato"), ("しょうた", "shota"), ("ハットリ", "hattori"), ("ケンイチ", "kenichi"),
        ("Дмитрий", "dmitriy"), ("Γιώργος", "giorgos"), ("김민준", "김민준"), ("محمد", "محمد"), ("  two   words ", "two words"), ("", ""),
    ],
)  # fmt: skip
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


def test_clean_takes_out_what_cannot_be_seen() -> None:
    assert clean("A\u200bn\u00ada\x00 \ud800\u202eB") == "Ana B"
    assert clean("e\u0301") == "é"
    assert clean_lines("a \r\n\n b\u2028c") == "a\nb\nc"


def test_clean_keeps_the_joiners_that_scripts_need() -> None:
    assert clean("علی\u200cرضا") == "علی\u200cرضا"
    assert clean("A\u200dB") == "AB"


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("JosÃ©", "José"),
        ("MÃ¼ller", "Müller"),
        ("GÃ¶ran", "Göran"),
        ("å²©åŽŸ", "岩原"),
        ("GroÃŸ", "Groß"),
        ("TÃ‚NIA", "TÂNIA"),
        ("O’Brien".encode().decode("cp1252"), "O’Brien"),
        ("RenÃ©e O’Neil", "Renée O’Neil"),  # one word of two is broken
        ("BjÃ¶rn Åström", "Björn Åström"),
        ("José Núñez".encode().decode("mac_roman"), "José Núñez"),
        ("O’Brien".encode().decode("mac_roman"), "O’Brien"),
    ],
)
def test_repair(broken: str, whole: str) -> None:
    assert repair(broken) == whole


@pytest.mark.parametrize("text", ["São Paulo", "ÃGUA", "Müller", "« à »", "É", "Łukasz", "naïve ©", "‚Äpfel‘", "√2", "√x", "¬x"])
def test_whole_texts_are_left_alone(text: str) -> None:
    assert repair(text) == text
