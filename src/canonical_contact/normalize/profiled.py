"""Records by a profile with settings: what a setting adds where a record says nothing, and its trace in every claim."""

from __future__ import annotations

from attrs import evolve

from canonical_contact.model.source import RawRecord, SourceRecord
from canonical_contact.normalize.profile import Profile
from canonical_contact.normalize.record import Normalizer, digest_of

__all__ = ["ProfiledNormalizer", "digest_of"]


class ProfiledNormalizer:
    """Normalises the records of one run as `Normalizer` does, by a profile and its settings.

    Args:
        default_region: ISO 3166-1 alpha-2 of phone numbers in records that show no country at all; it outweighs that of the profile.
        profile: the rules and settings; None for the default.

    >>> profile = Profile.from_toml('normalizers.phone.region = "DE"')
    >>> raw = RawRecord("crm", "17", 1, "c.csv", 2, {"name.given": "Ana", "phones[0].number": "0171 1234567"})
    >>> record = ProfiledNormalizer(profile=profile).record(raw, "crm:17", "17")
    >>> record.card.phones[0].number, [claim.rule for claim in record.claims if claim.path == "$.phones[0]"]
    ('+491711234567', ['phone/2?region=DE'])
    """

    def __init__(self, default_region: str = "", profile: Profile | None = None) -> None:
        self.profile = profile or Profile()
        self.default_region = default_region.upper()
        region = self.default_region or self.profile.settings("phones[].number", "phone").get("region", "")
        self.normalizer = Normalizer(region, self.profile)
        times, days = self.profile.settings("created_at", "timestamp"), self.profile.settings("birthday", "birthday")
        self._hints = {"zone": times.get("zone", ""), "date_order": days.get("order", "") or times.get("order", "")}
        self._hints = {path: text for path, text in self._hints.items() if text}

    def record(self, raw: RawRecord, key: str, record_id: str) -> SourceRecord:
        """Normalise one record; see `Normalizer.record`."""
        if self.profile.plain:
            return self.normalizer.record(raw, key, record_id)
        hinted = evolve(raw, values={**self._hints, **raw.values}) if self._hints else raw
        made = self.normalizer.record(hinted, key, record_id)
        claims = tuple(
            evolve(claim, rule=rule) if (rule := self._rule(claim.path, claim.rule)) != claim.rule else claim
            for claim in made.claims
        )
        return evolve(
            made, claims=claims, raw=raw.raw or raw.values, digest=digest_of(raw, self.profile.version, self.default_region)
        )

    def _rule(self, path: str, rule: str) -> str:
        kind = rule.partition("/")[0]
        return self.profile.rule_at(path, kind) if kind in self.profile.rules else rule
