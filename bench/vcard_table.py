"""What each of the real cards yields, as a table: python bench/vcard_table.py [FILE …] (without files: those of tests/data/vcards)."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from canonical_contact.errors import Problem
from canonical_contact.formats.vcard.codec import contact_from
from canonical_contact.formats.vcard.kinds import default_kind
from canonical_contact.formats.vcard.upgrade import Upgrade
from canonical_contact.formats.vcard.wire import open_cards

CARDS = Path(__file__).parent.parent / "tests" / "data" / "vcards"
HEAD = "| card | version | name | e-mails | phones | addresses | organisation | properties | kept as they are | Problems |\n|---|---|---|---|---|---|---|---|---|---|"


def rows(path: Path) -> list[str]:
    found = []
    problems: list[Problem] = []
    upgrade = Upgrade()
    with path.open("rb") as stream:
        for number, card in enumerate(open_cards(stream, problems.append), 1):
            problems += card.problems
            properties = upgrade.properties(card, problems.append)
            contact = contact_from(properties, problems.append)
            name = contact.name.full if contact.name else ""
            unknown = Counter(one.name for one in properties if default_kind(one.name) == "unknown")
            encoded = [name for name in unknown if len(name) > 40]  # FullContact puts a label into the name
            if encoded:
                unknown[f"{encoded[0][:12]}…"] = sum(unknown.pop(name) for name in encoded)
            codes = sorted({problem.code for problem in problems})
            organization = next((one.name for one in contact.organizations), "")
            cells = (
                f"{path.stem} {number}", card.version, name, len(contact.emails), len(contact.phones), len(contact.addresses), organization, len(properties),
                ", ".join(f"{name} {count}" for name, count in sorted(unknown.items())) or "none", ", ".join(codes) or "none",
            )  # fmt: skip
            found.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
            problems.clear()
    return found


def table(paths: list[Path]) -> str:
    return "\n".join([HEAD, *(row for path in paths for row in rows(path))])


if __name__ == "__main__":
    print(table([Path(name) for name in sys.argv[1:]] or sorted(CARDS.glob("*.vcf"))))
