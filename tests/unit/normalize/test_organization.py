from __future__ import annotations

import pytest

from canonical_contact.normalize import organization


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Nordlicht Logistics GmbH", "nordlicht logistics"), ("Nordlicht Logistics GmbH & Co. KG", "nordlicht logistics"),
        ("Nordlicht Logistics UG (haftungsbeschränkt)", "nordlicht logistics"), ("Nordlicht Logistics e.K.", "nordlicht logistics"),
        ("Keystone Foods, Inc.", "keystone foods"), ("Keystone Foods & Co.", "keystone foods"), ("Azteca Tools S.A. de C.V.", "azteca tools"),
        ("Azteca Tools S. A. de C. V.", "azteca tools"), ("Azteca Tools SA de CV", "azteca tools"), ("Azteca Tools S. de R.L.", "azteca tools"),
        ("Wisła Sp. z o.o.", "wisla"), ("Oranje V.O.F.", "oranje"), ("Ganga Pvt. Ltd.", "ganga"), ("Hekla ehf.", "hekla"), ("Lavande SARL", "lavande"),
        ("株式会社山田製作所", "shantianzhizuosuo"), ("山田製作所(株)", "shantianzhizuosuo"), ("ООО Ромашка", "romashka"), ("PT Bank Central Asia Tbk", "bank central asia"),
        ("The Coca-Cola Company", "coca cola company"), ("Toyota Motor Co.", "toyota motor"), ("De Molen B.V.", "molen"), ("SAP SE", "sap"),
        ("Nordlicht AG", "nordlicht"), ("Try me", "try me"), ("A.B.C. Ltd.", "abc"), ("Ltd Ltd", "ltd"), ("GmbH", "gmbh"), ("!!!", "!!!"),
    ],
)  # fmt: skip
def test_key(text: str, key: str) -> None:
    found = organization(text)
    assert found.value is not None
    assert (found.value.name, found.value.key, found.keys) == (text, key, (key,))


def test_the_name_is_cleaned_and_otherwise_kept() -> None:
    value = organization(" Nordlicht\x00  GmbH\u200b").value
    assert value is not None
    assert value.name == "Nordlicht GmbH"


@pytest.mark.parametrize("text", ["[not provided]", "n/a", "-", "unknown"])
def test_placeholder(text: str) -> None:
    found = organization(text)
    assert (found.value, found.problems[0].code) == (None, "organization.placeholder")
