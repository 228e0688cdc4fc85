"""Which rule makes a value: the normaliser, its version and its settings for each field, so that a value can be traced and made again.

A profile is a value. Its default is what the library does by itself; a TOML file states what is to be otherwise. What a claim carries
as its rule names the version and every setting that is not the default: `phone/2`, `phone/2?region=DE`. A setting is a hint: it holds
where the record and its file say nothing themselves. The settings of a normaliser hold for all its fields; a column of the host's own
(`extensions.COLUMN`) has a normaliser and settings of its own, for `Profile.run`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote

from attrs import field, frozen

from canonical_contact.errors import ConfigError

if TYPE_CHECKING:
    from canonical_contact.model import Claim, SourceRecord
    from canonical_contact.normalize._result import Normalized

__all__ = ["FIELDS", "RULES", "FieldRule", "Profile", "rule_parts", "stale"]

RULES: Mapping[str, str] = {
    kind: f"{kind}/{version}"
    for kind, version in {
        "address": 2,
        "birthday": 2,
        "country": 2,
        "email": 2,
        "language": 2,
        "lifecycle": 1,
        "name": 2,
        "number": 1,
        "organization": 2,
        "phone": 2,
        "service": 1,
        "text": 2,
        "time_zone": 1,
        "timestamp": 2,
        "word": 1,
    }.items()
}

# Normaliser → the settings that it takes.
_SETTINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "address": ("language", "region"),
    "birthday": ("language", "order", "region"),
    "country": ("language", "region"),
    "email": (),
    "language": ("language", "region"),
    "name": ("language", "region"),
    "organization": ("language", "region"),
    "phone": ("language", "region"),
    "time_zone": ("language", "region"),
    "timestamp": ("language", "order", "region", "zone"),
}


# Normaliser → the settings that hold in whole records. The rest is told by the record itself: its countries, its languages.
_IN_RECORDS: Final[Mapping[str, tuple[str, ...]]] = {"birthday": ("order",), "phone": ("region",), "timestamp": ("order", "zone")}


@frozen
class FieldRule:
    """What a field is normalised with.

    Args:
        normalizer: `email`, `phone`, `name`, `address`, `country`, `language`, `organization`, `timestamp`, `birthday`, `time_zone`.
        settings: hint → value, of those that the normaliser takes: `region`, `language`, `order`, `zone`.
    """

    normalizer: str
    settings: Mapping[str, str] = field(factory=dict)


# Raw path, without numbers → what it is normalised with when nobody says otherwise.
FIELDS: Final[Mapping[str, FieldRule]] = {
    path: FieldRule(kind)
    for path, kind in {
        "name": "name",
        "emails[].address": "email",
        "phones[].number": "phone",
        "addresses[]": "address",
        "addresses[].country": "country",
        "organizations[].name": "organization",
        "preferred_languages[]": "language",
        "time_zone": "time_zone",
        "birthday": "birthday",
        "anniversaries[].date": "birthday",
        "created_at": "timestamp",
        "updated_at": "timestamp",
        "emails[].verified_at": "timestamp",
        "emails[].bounced_at": "timestamp",
        "lifecycle.converted_at": "timestamp",
        "revenue.first_deal_at": "timestamp",
        "revenue.last_deal_at": "timestamp",
        "nps[].at": "timestamp",
    }.items()
}
_NUMBER: Final = re.compile(r"\[\d+\]")
_OWN: Final = "extensions."  # a column of one's own may be read by any normaliser
_RESERVED: Final = frozenset({"normalizer", "version"})


@frozen
class Profile:
    """The rules that a run normalises with.

    Args:
        name: what the set is called.
        rules: kind of value → name and version of its rule, as claims carry it.
        fields: raw path without numbers (`phones[].number`) → normaliser and settings.

    >>> Profile().rules["email"], Profile().rule("phone", region="DE")
    ('email/2', 'phone/2?region=DE')
    """

    name: str = "default"
    rules: Mapping[str, str] = field(default=RULES)
    fields: Mapping[str, FieldRule] = field(default=FIELDS)
    _found: dict[str, FieldRule | None] = field(init=False, factory=dict, eq=False, repr=False)

    @property
    def plain(self) -> bool:
        """Whether no field has settings, so that a claim's rule is that of its kind."""
        return self.fields is FIELDS or not any(one.settings for one in self.fields.values())

    @property
    def version(self) -> str:
        """All rules on one line; it goes into each record's digest, so that a changed rule makes the record new."""
        line = f"{self.name}:" + ",".join(self.rules[kind] for kind in sorted(self.rules))
        if self.fields is FIELDS or self.fields == FIELDS:
            return line
        other = {
            (path if path.startswith(_OWN) else one.normalizer): self.rule_at(path)
            for path, one in self.fields.items()
            if one != FIELDS.get(path)
        }
        return f"{line};" + ",".join(f"{name}={other[name]}" for name in sorted(other))

    def rule(self, kind: str, /, **settings: str) -> str:
        """Name a rule as a claim carries it.

        Args:
            kind: the kind of value, such as `phone`.
            settings: what it is run with beside the default; empty values are left out.
        """
        rule = self.rules[kind]
        told = "&".join(f"{name}={quote(settings[name], safe='/_-')}" for name in sorted(settings) if settings[name])
        return f"{rule}?{told}" if told else rule

    def rule_at(self, path: str, kind: str = "") -> str:
        """Name the rule of a field.

        Args:
            path: a raw path (`phones[0].number`), the path of a claim (`$.phones[0]`), or one without numbers.
            kind: the kind of value; empty: that of the field.
        """
        found = self._field(path)
        if found is None or (kind and found.normalizer != kind):
            return self.rules[kind] if kind else ""
        return self.rule(found.normalizer, **found.settings)

    def settings(self, path: str, kind: str = "") -> Mapping[str, str]:
        """Give the settings of a field: hints for its normaliser where the record says nothing itself.

        Args:
            path: as for `rule_at`.
            kind: the normaliser that asks; a field that has another one has no settings for it.

        >>> Profile.from_toml('normalizers.timestamp.zone = "Europe/Berlin"').settings("$.created_at")
        {'zone': 'Europe/Berlin'}
        """
        found = self._field(path)
        return {} if found is None or (kind and found.normalizer != kind) else found.settings

    def run(self, path: str, raw: str | Mapping[str, str], **hints: str) -> Normalized[Any]:
        """Normalise one value by the rule of its field.

        Args:
            path: as for `rule_at`.
            raw: the text, or for `name` and `addresses[]` its parts.
            hints: what is known of this value; it outweighs the settings.

        Raises:
            ConfigError: no normaliser is set for the field.

        >>> profile = Profile.from_toml('normalizers.phone.region = "DE"')
        >>> profile.run("phones[0].number", "0171 1234567").value.number
        '+491711234567'
        """
        found = self._field(path)
        if found is None:
            raise ConfigError(f"No normaliser is set for {path!r}.", path=path, hint=f"Fields: {', '.join(sorted(self.fields))}.")
        return normalizer_of(found.normalizer)(raw, **{**found.settings, **hints})

    def _field(self, path: str) -> FieldRule | None:
        """Find a field: itself, or for the path of a claim the field in the entry that it is about."""
        try:
            return self._found[path]
        except KeyError:
            pass
        wanted = _NUMBER.sub("[]", path.removeprefix("$."))
        found = self.fields.get(wanted)
        if found is None and wanted.startswith("name."):
            found = self.fields.get("name")
        if found is None:
            inner = [name for name in self.fields if name.startswith(f"{wanted}.")]
            found = self.fields[inner[0]] if inner else None
        if len(self._found) < 10_000:
            self._found[path] = found
        return found

    @classmethod
    def from_toml(cls, text: str, *, source: str = "profile") -> Profile:
        r"""Read a profile; what it does not state is as in the default.

        Args:
            text: the TOML document: `name`; `[normalizers.phone]` with settings, and `version` to be sure of it;
                `[fields."extensions.COLUMN"]` with `normalizer` and settings for a column of one's own.
            source: what errors call it.

        Raises:
            ConfigError: it is not TOML, or names a field, normaliser, version or setting that there is not.

        >>> Profile.from_toml('name = "de"\n[normalizers.phone]\nregion = "DE"').rule_at("$.phones[0]")
        'phone/2?region=DE'
        """
        import tomllib

        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(
                f"{source} is not TOML: {error}",
                path=source,
                hint='Names with other letters than a-z need quotes: fields."a[].b".',
            ) from None
        if unknown := sorted(data.keys() - {"name", "normalizers", "fields"}):
            raise ConfigError(f"{source} has a key that there is not.", path=unknown[0], hint="Use name, normalizers and fields.")
        name = data.get("name", "default")
        if not isinstance(name, str) or not name or re.search(r"[:,;=\s]", name):
            raise ConfigError(f"The name in {source} cannot be one.", path="name", hint="Use letters, digits, - and _.")
        tables = {part: data.get(part, {}) for part in ("normalizers", "fields")}
        for part, table in tables.items():
            if not isinstance(table, dict):
                raise ConfigError(f"{part} in {source} is no table.", path=part, hint="Write [normalizers.phone].")
        kinds = {kind: _of_kind(kind, told) for kind, told in tables["normalizers"].items()}
        if kinds.get("birthday", {}).get("order") != kinds.get("timestamp", {}).get("order"):
            hint = "A record has one order of days and months: state it for birthday and for timestamp alike."
            raise ConfigError("The order is stated for one of two.", path="normalizers.birthday.order", hint=hint)
        fields = {path: FieldRule(one.normalizer, kinds.get(one.normalizer, {})) for path, one in FIELDS.items()}
        fields |= {path: _of_field(path, told) for path, told in tables["fields"].items()}
        return cls(name, RULES, FIELDS if fields == FIELDS else fields)

    def to_toml(self) -> str:
        """Write the profile with every normaliser, its version and settings; `from_toml` reads it."""
        lines = [f"name = {_quoted(self.name)}"]
        kinds = {one.normalizer: one for path, one in self.fields.items() if not path.startswith(_OWN)}
        for kind, one in kinds.items():
            lines += ["", f"[normalizers.{kind}]", f"version = {self.rules[kind].partition('/')[2]}", *_told(one)]
        for path, one in self.fields.items():
            if path.startswith(_OWN):
                lines += ["", f"[fields.{_quoted(path)}]", f"normalizer = {_quoted(one.normalizer)}", *_told(one)]
        return "\n".join(lines) + "\n"


def normalizer_of(kind: str) -> Callable[..., Normalized[Any]]:
    """Give the function of a normaliser."""
    import canonical_contact.normalize as public

    found: Callable[..., Normalized[Any]] = getattr(public, kind)
    return found


def rule_parts(rule: str) -> tuple[str, str, dict[str, str]]:
    """Take a claim's rule apart into kind, version and settings.

    >>> rule_parts("phone/2?region=DE")
    ('phone', '2', {'region': 'DE'})
    """
    name, _, settings = rule.partition("?")
    kind, _, version = name.partition("/")
    return kind, version, dict(parse_qsl(settings))


def stale(record: SourceRecord, profile: Profile) -> tuple[Claim, ...]:
    """Find the claims that another rule made than the profile's: an older version, or other settings.

    Args:
        record: a record as it is stored.
        profile: the rules of today.

    Returns:
        The claims of an import; what a host states itself has no rule and is never stale.

    >>> from canonical_contact.model import Card, Claim, SourceRecord
    >>> old = Claim("$.emails[0]", "a@x.es", rule="email/1")
    >>> record = SourceRecord("s:1", "s", "1", "1", "s.csv", 2, Card(), claims=(old, Claim("$.gender", "f", rule="text/2")))
    >>> [claim.rule for claim in stale(record, Profile())]
    ['email/1']
    """
    found: list[Claim] = []
    plain, rules = profile.plain, profile.rules
    for claim in record.claims:
        if not claim.rule:
            continue
        kind = claim.rule.partition("/")[0]
        if kind in rules and claim.rule != (rules[kind] if plain else profile.rule_at(claim.path, kind)):
            found.append(claim)
    return tuple(found)


def _of_kind(kind: str, told: object) -> dict[str, str]:
    where = f"normalizers.{kind}"
    if kind not in _SETTINGS:
        raise ConfigError("There is no such normaliser.", path=where, hint=f"Use one of: {', '.join(_SETTINGS)}.")
    return _settings(kind, told, where, _IN_RECORDS.get(kind, ()))


def _of_field(path: str, told: object) -> FieldRule:
    where = f"fields.{path}"
    if not path.startswith(_OWN) or path == _OWN:
        hint = 'Only a column of your own has rules of its own: fields."extensions.COLUMN". For others use [normalizers.phone].'
        raise ConfigError("The field has no rules of its own.", path=where, hint=hint)
    kind = told.get("normalizer") if isinstance(told, dict) else None
    if not isinstance(kind, str) or kind not in _SETTINGS:
        raise ConfigError("There is no such normaliser.", path=f"{where}.normalizer", hint=f"Use one of: {', '.join(_SETTINGS)}.")
    return FieldRule(kind, _settings(kind, told, where, _SETTINGS[kind]))


def _settings(kind: str, told: object, where: str, known: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(told, dict):
        raise ConfigError("Settings are a table.", path=where, hint='Such as region = "DE".')
    version = RULES[kind].partition("/")[2]
    if str(told.get("version", version)) != version:
        hint = f"This library has {RULES[kind]}; leave the version out, or use the library that has it."
        raise ConfigError("The rule has another version.", path=f"{where}.version", hint=hint)
    settings = {name: value for name, value in sorted(told.items()) if name not in _RESERVED}
    for name, value in settings.items():
        if name not in known:
            hint = f"Its settings: {', '.join(known) or 'none'}."
            raise ConfigError(f"{kind} has no such setting here.", path=f"{where}.{name}", hint=hint)
        if hint := _fault(name, value):
            raise ConfigError("The setting cannot be used.", path=f"{where}.{name}", hint=hint)
    return {name: value.upper() if name == "region" else value for name, value in settings.items()}


def _told(one: FieldRule) -> list[str]:
    return [f"{name} = {_quoted(one.settings[name])}" for name in sorted(one.settings)]


def _fault(name: str, value: object) -> str:
    """Say what a setting must be; empty where it is so."""
    if not isinstance(value, str):
        return "Write it as a text between quotes."
    if name == "region":
        return "" if re.fullmatch(r"[A-Za-z]{2}", value) else 'Use two letters (ISO 3166-1), such as "DE".'
    if name == "order":
        return "" if value in ("dmy", "mdy") else 'Use "dmy" or "mdy".'
    if name == "language":
        return "" if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", value) else 'Use a BCP 47 tag, such as "de-AT".'
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(value)
    except (ValueError, LookupError, OSError):
        return 'Use the IANA name of a zone, such as "Europe/Berlin".'
    return ""


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in escaped) + '"'
