# A value that a source has taken back: its record had one, the file still has the column, and its cell is empty now.
from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from attrs import evolve

from canonical_contact.merge import held, last_changed
from canonical_contact.model import Claim
from canonical_contact.ports import RecordRow

if TYPE_CHECKING:
    from canonical_contact.model import SourceRecord

__all__ = ["with_cleared"]

# field → the raw paths whose columns fill it; one that ends in a dot or bracket stands for all that begin so
_PATHS: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name.full", "name.given", "name.surname", "name.surname2"),
    "name.title": ("name.title",),
    "name.generation": ("name.generation", "name.suffix"),
    "name.credential": ("name.credential", "name.suffix"),
    "revenue": ("revenue.",),
    "preferred_channels": ("preferred_channels[",),
    **{
        field: (field,)
        for field in (
            *("birthday", "created_at", "gender", "grammatical_gender", "owner", "score", "source_channel", "time_zone"),
            *("owners.enrichment", "owners.merge_approval", "owners.consent_queries"),
        )
    },
}
_EXTENSION: Final = "extensions."


def with_cleared(
    row: RecordRow, before: Sequence[RecordRow], columns: Callable[[str], Mapping[str, str]], judged: int = 0
) -> RecordRow:
    """Say in a version of a record what its source has taken back since.

    That is a claim with an empty value, at the time of the version that took it back first. What a file has no column for is not said,
    and nothing is cleared by that.

    Args:
        row: the version.
        before: the others, in the order in which they came.
        columns: file → raw path → column, for the files of this run.
        judged: how many of `before` come from earlier runs: they have said it already, and their files may have had other columns.
    """
    from canonical_contact.model import SourceRecord
    from canonical_contact.schema import from_json, to_json

    if not before:
        return row
    record = from_json(SourceRecord, row.document)
    past = [(from_json(SourceRecord, version.document), place < judged) for place, version in enumerate(before)]
    chain = [*sorted(past, key=lambda one: last_changed(one[0])), (record, False)]
    cleared = tuple(_cleared(chain, columns))
    claims = (*(claim for claim in record.claims if claim.value), *cleared)
    return row if claims == record.claims else row._replace(document=to_json(evolve(record, claims=claims)))


def _cleared(chain: Sequence[tuple[SourceRecord, bool]], columns: Callable[[str], Mapping[str, str]]) -> Iterable[Claim]:
    """Find what the last version of a chain has no more; a version that is judged says by itself what it has taken back."""
    record, _ = chain[-1]
    told = [{claim.path: claim for claim in version.claims if not claim.value} for version, _ in chain]
    extensions = dict.fromkeys(name for version, _ in chain for name in version.card.extensions)
    for field in (*_PATHS, *(f"{_EXTENSION}{name}" for name in extensions)):
        if _has(record, field):
            continue
        path, was, since = f"$.{field}", False, None
        for (version, judged), said in zip(chain, told, strict=True):
            if _has(version, field):
                was, since = True, None
            elif since is None and (path in said or (was and not judged and _is_empty(version, field, columns(version.file)))):
                since = said.get(path, Claim(path, ""))
                if version is not record:
                    since = evolve(since, observed_at=since.observed_at or version.observed_at)
        if since is not None:
            yield since


def _is_empty(record: SourceRecord, field: str, columns: Mapping[str, str]) -> bool:
    """Tell whether its file has columns for a field, and the record nothing in them."""
    filling = [column for raw, column in columns.items() if _fills(raw, field, record.system)]
    return bool(filling) and not any(column in record.raw for column in filling)


def _has(record: SourceRecord, field: str) -> bool:
    if field.startswith(_EXTENSION):
        return field.removeprefix(_EXTENSION) in record.card.extensions
    return bool(held(record.card, field))


def _fills(raw: str, field: str, system: str) -> bool:
    if field.startswith(_EXTENSION):
        return raw == f"{_EXTENSION}{field.removeprefix(f'{_EXTENSION}{system}.')}"
    return any(raw.startswith(path) if path.endswith((".", "[")) else raw == path for path in _PATHS[field])
