"""What several commands ask for in the same words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from canonical_contact.cli._damage import diagnosed
from canonical_contact.cli._reading import read_small
from canonical_contact.errors import StoreError
from canonical_contact.model import Channel

if TYPE_CHECKING:
    from canonical_contact.match.policy import MatchPolicy
    from canonical_contact.merge import Survivorship
    from canonical_contact.normalize import Profile
    from canonical_contact.store import SQLiteStore

    _ParamType = click.ParamType[datetime]
else:
    _ParamType = click.ParamType  # generic from click 8.4 on, for type checkers only

__all__ = [
    "CHANNELS",
    "MOMENT",
    "account",
    "as_json",
    "confirmed",
    "existing_store",
    "now",
    "profile_option",
    "read_policy",
    "read_profile",
    "read_survivorship",
    "regime",
    "region_option",
    "store_option",
    "stored",
    "stored_contact",
    "switches",
]

F = TypeVar("F", bound=Callable[..., Any])

SHIPPED = "default"  # what stands for the shipped survivorship policy
CHANNELS = ("voice", *(channel.value for channel in Channel))
_NAMED, _MOVED = "named_store", "moved_contact"  # what `--store` said; what stood where STORE is, but is the contact
_ONE_STORE = "Name one store: STORE, or --store FILE."


class _Moment(_ParamType):
    """A time in ISO 8601; without a zone it is UTC."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a time such as 2026-07-01 or 2026-07-01T12:00:00Z.", param, ctx)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


MOMENT = _Moment()


def store_option(function: F) -> F:
    """Add `--store`."""
    return click.option("--store", required=True, metavar="FILE", help="The store: one SQLite file.")(function)


def stored(function: F) -> F:
    """Add the store: the argument STORE, or `--store` as the other commands have it."""
    text = "The store: one SQLite file; the same as STORE."
    named = click.option(
        "--store", "named", default=None, is_eager=True, metavar="FILE", help=text, expose_value=False, callback=_named
    )
    place = click.argument("store", required=False, default=None, metavar="STORE", callback=_place)
    return named(place(function))


def stored_contact(*, required: bool = True) -> Callable[[F], F]:
    """Add the store as `stored` does, and the argument CONTACT_ID behind it."""
    metavar = "CONTACT_ID" if required else "[CONTACT_ID]"

    def contact(context: click.Context, param: click.Parameter, value: str | None) -> str | None:
        moved: str | None = context.meta.pop(_MOVED, None)
        if moved is not None and value is not None:
            raise click.UsageError(_ONE_STORE)
        found = value if moved is None else moved
        if found is None and required:
            raise click.MissingParameter(ctx=context, param=param)
        return found

    return lambda function: stored(
        click.argument("contact", required=False, default=None, metavar=metavar, callback=contact)(function)
    )


def _named(context: click.Context, _param: click.Parameter, value: str | None) -> None:
    context.meta[_NAMED] = value


def _place(context: click.Context, _param: click.Parameter, value: str | None) -> str:
    named: str | None = context.meta.get(_NAMED)
    if named is not None and value is not None and any(param.name == "contact" for param in context.command.params):
        context.meta[_MOVED], value = value, None  # with --store the first argument is the contact
    given = [one for one in (value, named) if one is not None]
    if len(given) != 1:
        raise click.UsageError(_ONE_STORE)
    return given[0]


def as_json(function: F) -> F:
    """Add `--json`."""
    text = "Write one JSON document to standard output and nothing else there."
    return click.option("--json", "json_", is_flag=True, help=text)(function)


def region_option(function: F) -> F:
    """Add `--region`."""
    text = "Country (ISO 3166-1 alpha-2, such as DE) of phone numbers that do not name theirs."
    return click.option("--region", default="", metavar="CC", callback=_region, help=text)(function)


def profile_option(function: F) -> F:
    """Add `--profile`."""
    text = "The rules to normalise with (TOML); default: those of the library."
    return click.option("--profile", default=None, metavar="FILE", help=text)(function)


def read_profile(path: str | None) -> Profile | None:
    """Read the file of `--profile`; None where there is none.

    Raises:
        ConfigError: it cannot be read or is faulty.
    """
    if path is None:
        return None
    from canonical_contact.normalize import Profile

    text = read_small(path, "profile", hint="Name a TOML file in UTF-8.")
    return Profile.from_toml(text, source=path)


def read_policy(path: str | None) -> MatchPolicy | None:
    """Read the file of `--policy`; None where there is none.

    Raises:
        ConfigError: it cannot be read or is faulty.
    """
    if path is None:
        return None
    from canonical_contact.match.policy import MatchPolicy

    text = read_small(path, "policy", hint="Name a TOML file such as docs/policy.md shows.")
    return MatchPolicy.from_toml(text, source=path)


def read_survivorship(path: str | None) -> Survivorship | None:
    """Read the file of `--survivorship`, or the shipped policy for `default`; None where there is none.

    Raises:
        ConfigError: it cannot be read or is faulty.
    """
    if path is None:
        return None
    from canonical_contact.merge import DEFAULT_SURVIVORSHIP, Survivorship

    if path == SHIPPED:
        return DEFAULT_SURVIVORSHIP
    text = read_small(path, "survivorship policy", hint="Name a TOML file such as docs/survivorship.md shows.")
    return Survivorship.from_text(text, source=path)


def _region(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if not value:
        return ""
    import phonenumbers

    region = value.upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise click.BadParameter(f"{value!r} is no country with phone numbers; give two letters such as DE.")
    return region


def regime(function: F) -> F:
    """Add `--regime`."""
    text = "The rules: auto takes the strictest that the contact's address, phone and residence point to. "
    text += "Engineering defaults, not legal advice."
    return click.option("--regime", default="auto", show_default=True, metavar="NAME", callback=_regime, help=text)(function)


def _regime(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    if value != "auto":
        from canonical_contact.consent.regimes import REGIMES

        REGIMES.get(value)  # raises before anything is written
    return value


def confirmed(question: str) -> None:
    """Ask on the terminal, and go no further where the answer is no.

    Raises:
        click.Abort: the answer is no, or nobody answered.
    """
    if not click.confirm(question, err=True):
        click.echo("nothing was done: the answer was no", err=True)
        raise click.Abort


def account() -> str:
    """Name who sits at the keyboard, where nobody was named.

    Raises:
        click.UsageError: the account has no name.
    """
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        raise click.UsageError("Your account has no name; say who it is with --by.") from None


def now() -> datetime:
    """Read the clock; only the command line does, everything below is told the time."""
    return datetime.now(UTC)


@contextmanager
def existing_store(path: str, *, writable: bool = False) -> Iterator[SQLiteStore]:
    """Open a store that must be there: a question must not make an empty one.

    Raises:
        StoreError: there is no such file, or it is no store.
    """
    if not Path(path).is_file():
        raise StoreError(f"There is no store {path}.", path=path, hint="Make one: canonical-contact unify FILES --store FILE")
    if not Path(path).stat().st_size:  # SQLite would take it for a new one
        raise StoreError(f"{path} is empty and no store.", path=path, hint="Name the file that unify wrote.")
    from canonical_contact.store import SQLiteStore

    store = SQLiteStore(path, readonly=not writable)
    try:
        with diagnosed(store, path):
            yield store
    finally:
        store.close()


def switches() -> None:
    """Set what belongs to the process and not to the library (design decision 9): only a program may do it."""
    import csv
    import gc

    import phonenumbers

    gc.freeze()
    gc.set_threshold(100_000, 50, 100)  # documents hold no cycles; looking for some costs a tenth of the time
    csv.field_size_limit(2**31 - 1)
    phonenumbers.enable_pattern_cache()
