"""Hypothesis strategies for cards of JSContact that other programs wrote, good ones and bad ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from property_strategies import texts

ids = (
    st.sampled_from(["e1", "e2", "a1", "home", "work", "k-9", "1", "b1", "z1", "s1", "l2", "p1", "t1", "r1", "o1", "g1", "n1"])
    | texts
)
scalars = st.none() | st.booleans() | st.integers(-5, 200) | st.floats(allow_nan=False, allow_infinity=False) | texts
anything: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2), max_leaves=4
)
words = st.dictionaries(
    st.sampled_from(["private", "work", "billing", "mobile", "voice", "fax", "example.com:boat", "x"]),
    st.just(True) | st.booleans(),
    max_size=2,
)
uris = st.sampled_from(
    ["tel:+49-30-123456;ext=5", "tel:+4930123456", "https://example.org/a,b", "mailto:a@example.org", "geo:52.5,13.4", "xmpp:a@b"]
)
zones = st.sampled_from(["Europe/Berlin", "UTC", "somewhere"])
numbers = st.integers(0, 101)
dates = st.fixed_dictionaries(
    {},
    optional={
        "year": st.sampled_from([1980, 1]),
        "month": st.integers(1, 13),
        "day": st.integers(1, 31),
        "calendarScale": st.sampled_from(["gregorian", "hebrew"]),
        "@type": st.just("PartialDate"),
    },
) | st.fixed_dictionaries(
    {"@type": st.just("Timestamp"), "utc": st.sampled_from(["2019-10-15T23:10:00Z", "2019-10-15T23:10:00.5Z", "2019-10-15"])}
)
times = st.sampled_from(["2022-09-30T14:35:10Z", "2022-09-30T14:35:10.250Z", "2022-09-30T16:35:10+02:00", "yesterday"])
name_parts = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(
                ["title", "given", "given2", "surname", "surname2", "generation", "credential", "separator", "odd"]
            ),
            "value": texts,
        },
        optional={"phonetic": texts, "@type": st.just("NameComponent")},
    ),
    max_size=4,
)
address_parts = st.lists(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(
                [
                    "number",
                    "name",
                    "apartment",
                    "block",
                    "separator",
                    "locality",
                    "region",
                    "postcode",
                    "country",
                    "postOfficeBox",
                    "odd",
                ]
            ),
            "value": texts,
        }
    ),
    max_size=5,
)
common: dict[str, st.SearchStrategy[Any]] = {
    "@type": st.sampled_from(["EmailAddress", "Phone", "Other"]), "contexts": words | anything, "features": words, "pref": numbers | texts, "label": texts,
    "kind": st.sampled_from(["title", "role", "birth", "wedding", "death", "contact", "photo", "example.com:x"]), "address": texts, "number": texts | uris, "name": texts,
    "uri": uris | texts, "user": texts, "service": texts, "language": st.sampled_from(["de", "en-GB", "no language"]), "note": texts, "pronouns": texts, "date": dates,
    "components": name_parts | address_parts, "isOrdered": st.booleans(), "defaultSeparator": texts, "full": texts, "countryCode": st.sampled_from(["DE", "deu"]),
    "coordinates": uris, "timeZone": zones, "units": st.lists(st.fixed_dictionaries({"name": texts}, optional={"sortAs": texts}), max_size=2), "organizationId": ids,
    "example.com:foo": anything, "vCardParams": st.dictionaries(st.sampled_from(["x-a", "type", "group", "lang uage"]), texts | st.lists(texts, max_size=2), max_size=2),
    "canonical-contact.dev:fields": st.dictionaries(st.sampled_from(["pref", "contexts", "label", "key", "verification", "status", "number"]), anything, max_size=2),
}  # fmt: skip
entries = st.fixed_dictionaries({}, optional=common)
maps = st.dictionaries(ids, entries | anything, max_size=3)
jcards = st.lists(
    st.tuples(
        st.sampled_from(["x-foo", "gender", "clientpidmap", "x-skype"]), st.dictionaries(st.sampled_from(["type", "pref", "group"]), texts | st.lists(texts, max_size=2), max_size=1), st.sampled_from(["text", "unknown", "uri"]), texts | st.lists(texts, max_size=2)
    ).map(list) | anything, max_size=3
)  # fmt: skip
names = st.fixed_dictionaries(
    {},
    optional={
        "components": name_parts,
        "full": texts,
        "isOrdered": st.booleans(),
        "defaultSeparator": texts,
        "sortAs": st.dictionaries(st.sampled_from(["surname", "given"]), texts, max_size=2) | texts,
        "phoneticSystem": st.sampled_from(["ipa", "xx"]),
        "phoneticScript": st.sampled_from(["Kana", "x"]),
        "@type": st.just("Name"),
    },
)
_MAPS = (
    "emails",
    "phones",
    "addresses",
    "nicknames",
    "organizations",
    "titles",
    "onlineServices",
    "links",
    "notes",
    "preferredLanguages",
    "anniversaries",
    "media",
    "cryptoKeys",
    "calendars",
    "directories",
    "schedulingAddresses",
    "personalInfo",
    "relatedTo",
)

foreign_cards: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {"@type": st.just("Card"), "version": st.sampled_from(["1.0", "2.0"])},
    optional={
        "uid": st.sampled_from(["urn:uuid:a8325755-a21d-456a-bb8b-8dc75165164c", "hello@example.com"]) | texts | anything,
        "kind": st.sampled_from(["individual", "org", "group", "device"]) | anything,
        "created": times | anything, "updated": times, "language": texts, "prodId": texts, "members": words, "keywords": st.dictionaries(texts, st.just(True) | anything, max_size=3),
        "name": names | anything, "speakToAs": st.fixed_dictionaries({}, optional={"grammaticalGender": st.sampled_from(["neuter", "x"]) | anything, "pronouns": maps, "odd": anything}) | anything,
        "vCardProps": jcards | anything, "localizations": anything, "example.com:optOut": anything, "unknown": anything,
        "canonical-contact.dev:claims": anything, "canonical-contact.dev:extensions": anything, "canonical-contact.dev:odd": anything,
        **dict.fromkeys(_MAPS, maps | anything),
    },
)  # fmt: skip
