"""`import canonical_contact` is light: it reads nothing, and pulls no library that a host may not want."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

import canonical_contact

HEAVY = {
    "attrs", "attr", "cattrs", "phonenumbers", "email_validator", "jellyfish", "anyascii", "click", "rich", "jinja2", "leather",
    "charset_normalizer", "sqlite3", "multiprocessing", "concurrent", "asyncio", "numpy", "pyarrow", "idna", "dns", "csv", "http",
    "socket", "ssl", "urllib", "importlib.metadata", "email", "decimal", "logging",
}  # fmt: skip
EXTRAS = {"click", "rich", "jinja2", "leather", "charset_normalizer", "numpy", "pyarrow", "psycopg", "dns"}


def loaded_by(code: str) -> set[str]:
    script = f"import sys\nbefore = set(sys.modules)\n{code}\nimport json\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import canonical_contact") & HEAVY == set()


def test_no_public_name_of_the_core_needs_an_extra() -> None:
    assert loaded_by("import canonical_contact as c\nfor name in c.__all__: getattr(c, name)") & EXTRAS == set()


@pytest.mark.parametrize("name", canonical_contact.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(canonical_contact, name) is not None
    assert name in dir(canonical_contact)


def test_public_names_are_sorted_and_named_once() -> None:
    assert len(set(canonical_contact.__all__)) == len(canonical_contact.__all__)
    assert [n for n in canonical_contact.__all__ if n.islower()] == sorted(n for n in canonical_contact.__all__ if n.islower())


def test_the_version_is_that_of_the_distribution() -> None:
    assert canonical_contact.__version__.count(".") >= 1


def test_an_unknown_name_says_so() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        getattr(canonical_contact, "nothing")  # noqa: B009  type checkers know that it is not there
