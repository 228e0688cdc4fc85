from __future__ import annotations

import json
from importlib.resources import files

import pytest

from canonical_contact.normalize import language


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("de", "de"), ("DE_at", "de-AT"), ("pt_BR.UTF-8", "pt-BR"), ("zh-hans-cn", "zh-Hans-CN"), ("sr_RS@latin", "sr-Latn-RS"), ("de_DE@euro", "de-DE"),
        ("ca_ES@valencia", "ca-ES-valencia"), ("iw", "he"), ("ji", "yi"), ("mo", "ro"), ("sh", "sr-Latn"), ("no", "no"), ("nb", "nb"), ("nn", "nn"), ("is", "is"),
        ("tl", "tl"), ("deu", "de"), ("ger", "de"), ("FRE", "fr"), ("fra", "fr"), ("chi", "zh"), ("zho", "zh"), ("cmn", "zh"), ("fil", "fil"), ("prs", "fa-AF"),
        ("zh-cmn-Hans", "zh-Hans"), ("zh-yue-HK", "yue-HK"), ("ar-arz", "arz"), ("zh-min-nan", "nan"), ("i-klingon", "tlh"), ("i-lux", "lb"), ("no-bok", "nb"),
        ("en-GB-oed", "en-GB-oxendict"), ("art-lojban", "jbo"), ("sgn-BE-FR", "sfb"), ("zh-CHS", "zh-Hans"), ("zh-CHT", "zh-Hant"), ("es-LA", "es-419"),
        ("en-UK", "en-GB"), ("de-DD", "de-DE"), ("x-pig-latin", "x-pig-latin"), ("DE-x-Formal", "de-x-formal"), ("de-1996", "de-1996"), ("sl-rozaj", "sl-rozaj"),
        ("de-DE-u-co-phonebk", "de-DE-u-co-phonebk"), ("es-419", "es-419"), ("en-001", "en-001"), ("uz-Cyrl-UZ", "uz-Cyrl-UZ"), ("hbs", "sr-Latn"),
    ],
)  # fmt: skip
def test_tags(text: str, tag: str) -> None:
    found = language(text)
    assert (found.value, found.keys[0], found.raw, found.problems) == (tag, tag.lower(), text, ())


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("Deutsch", "de"), ("German", "de"), ("Allemand", "de"), ("alemán", "de"), ("Tedesco", "de"), ("Alemão", "de"), ("Duits", "de"), ("Tyska", "de"),
        ("Tysk", "de"), ("Saksa", "de"), ("Niemiecki", "de"), ("Němčina", "de"), ("Nemčina", "de"), ("Német", "de"), ("Germană", "de"), ("Njemački", "de"),
        ("Vācu", "de"), ("Vokiečių", "de"), ("Almanca", "de"), ("Γερμανικά", "de"), ("немецкий", "de"), ("німецька", "de"), ("немски", "de"),
        ("немачки", "de"), ("ドイツ語", "de"), ("德语", "de"), ("德文", "de"), ("독일어", "de"), ("الألمانية", "de"), ("גרמנית", "de"), ("आलमانی", ""), ("Tiếng Đức", "de"),
        ("Jerman", "de"), ("alemany", "de"), ("español", "es"), ("castellano", "es"), ("Castilian", "es"), ("Farsi", "fa"), ("Dari", "fa-AF"),
        ("Flemish", "nl-BE"), ("Vlaams", "nl-BE"), ("Mandarin", "zh"), ("Mandarin Chinese", "zh"), ("Cantonese", "yue"), ("Norwegian", "no"), ("Bokmål", "nb"),
        ("English (UK)", "en-GB"), ("English UK", "en-GB"), ("UK English", "en-GB"), ("English (Nigeria)", "en-NG"), ("English, UK", "en-GB"),
        ("Brazilian Portuguese", "pt-BR"), ("Portuguese (Brazil)", "pt-BR"), ("Português do Brasil", "pt-BR"), ("Deutsch (Schweiz)", "de-CH"),
        ("Français – Canada", "fr-CA"), ("Canadian French", "fr-CA"), ("Español (Latinoamérica)", "es-419"), ("Chinese, Simplified", "zh-Hans"),
        ("Chinese (Traditional)", "zh-Hant"), ("简体中文", "zh-Hans"), ("Serbian (Cyrillic)", "sr-Cyrl"), ("Serbo-Croatian", "sr-Latn"), ("Moldovan", "ro"),
        ("Greek, Modern (1453-)", "el"), ("Deutsch (German)", "de"), ("German (de-AT)", "de-AT"), ("German language", "de"), ("deutsche", ""), (" ENGLISH. ", "en"),
        ("Valencian", "ca-valencia"), ("Bahasa Indonesia", "id"), ("日本語", "ja"), ("ไทย", "th"), ("עברית", "he"),
    ],
)  # fmt: skip
def test_names(text: str, tag: str) -> None:
    assert (language(text).value or "") == tag


@pytest.mark.parametrize(
    ("text", "tag", "other"),
    [
        ("se", "se", "sv"),
        ("uk", "uk", "en-GB"),
        ("br", "br", "pt-BR"),
        ("kr", "kr", "ko"),
        ("in", "id", "hi"),
        ("Swiss German", "gsw", "de-CH"),
    ],
)
def test_what_may_be_another_language_has_an_alternative(text: str, tag: str, other: str) -> None:
    found = language(text)
    assert (found.value, found.alternatives, found.confidence, found.problems[0].code) == (
        tag,
        (other,),
        0.7,
        "language.ambiguous",
    )


def test_a_region_decides_between_a_language_and_a_country() -> None:
    assert (language("se", region="SE").value, language("se", region="NO").value, language("uk", region="gb").value) == (
        "sv",
        "se",
        "en-GB",
    )


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("de-DE,de;q=0.9,en", ("de-DE", "en", "de")), ("en;q=0.5, de;q=0.8, *;q=0.1", ("de", "en")), ("de, en, fr", ("de", "en", "fr")), ("DE EN", ("de", "en")),
        ("English, German", ("en", "de")), ("Deutsch und Englisch", ("de", "en")), ("English/French", ("en", "fr")), ("fr; de", ("fr", "de")), ("🇩🇪🇫🇷", ("de", "fr")),
    ],
)  # fmt: skip
def test_of_several_the_first_is_taken_and_the_others_are_alternatives(text: str, tags: tuple[str, ...]) -> None:
    found = language(text)
    assert ((found.value, *found.alternatives), found.problems[0].code, found.confidence) == (tags, "language.several", 0.9)


def test_a_country_is_told() -> None:
    assert (language("🇩🇪").value, language("🇩🇪").problems[0].code) == ("de", "language.from_country")
    assert (language("🇨🇭").value, set(language("🇨🇭").alternatives) >= {"fr", "it"}) == ("de", True)
    assert (language("jp").value, language("jp").problems[0].code) == ("ja", "language.from_country")
    assert (language("us").value, language("us").alternatives) == (None, ("en-US",))
    assert (language("de-XX").value, language("de-XX").problems[0].code) == ("de", "language.part_unknown")


@pytest.mark.parametrize(
    "text",
    [
        "Klingonisch?",
        "n/a",
        "C",
        "und",
        "mul",
        "the",
        "xx",
        "Germany",
        "yes",
        "de;q=0",
        "*",
        "x",
        "de--AT",
        "-",
        "a" * 5000,
        "de, ?",
    ],
)
def test_no_language(text: str) -> None:
    found = language(text)
    assert (found.value, found.problems[0].code, found.raw) == (None, "language.unknown", text)


@pytest.mark.parametrize("text", ["", "  \u200b", "\x00"])
def test_blank(text: str) -> None:
    assert (language(text).value, language(text).problems) == (None, ())


def test_likely_script_and_country_make_a_key() -> None:
    assert language("zh-TW").keys == ("zh-tw", "full:zh-Hant-TW")
    assert language("de").keys == ("de", "full:de-Latn-DE")


def test_what_is_given_is_read_as_itself() -> None:
    data = json.loads((files("canonical_contact.normalize") / "data" / "languages.json").read_text(encoding="utf-8"))
    for tag in [*data["names"], *data["aliases"].values(), *data["known"].split()]:
        assert tag in {language(tag).value, *language(tag).alternatives}
    names = [name for line in data["names"].values() for name in line.split("|")]
    assert len(names) == len(set(names))
    assert {name: language(name).value for name in names if language(name).value is None} == {}
