from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from canonical_contact.normalize import language


@pytest.mark.parametrize(
    ("text", "tag"),
    [("de", "de"), ("DE_at", "de-AT"), ("pt_BR.UTF-8", "pt-BR"), ("zh-hans-cn", "zh-Hans-CN"), ("Deutsch", "de"), ("français", "fr"), ("castellano", "es"),
     ("日本語", "ja"), ("English (UK)", "en-GB"), ("English (Nigeria)", "en"), ("iw", "he"), ("no", "no")],
)  # fmt: skip
def test_language(text: str, tag: str) -> None:
    assert language(text).value == tag


def test_no_language() -> None:
    assert language("Klingonisch?").problems[0].code == "language.unknown"


def test_the_tables_of_names_say_each_name_once() -> None:
    for table in ("languages",):
        data = tomllib.loads((files("canonical_contact.normalize") / "data" / f"{table}.toml").read_text(encoding="utf-8"))
        names = [name for line in data["names"].values() for name in line.split("|")]
        assert len(names) == len(set(names))
