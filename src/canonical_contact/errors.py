"""The whole error tree, and `Problem`: what is wrong with data, as a value.

Exceptions are for the caller's mistakes and always say what to do next. Faults of the data never raise: they come back as `Problem`
values beside the result. Codes are stable; docs/codes.md lists them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen

__all__ = [
    "ConfigError",
    "ContactError",
    "ErasedError",
    "IllegalTransitionError",
    "InputError",
    "MissingExtraError",
    "NotFoundError",
    "NothingReadError",
    "Problem",
    "Severity",
    "StoreBusyError",
    "StoreError",
]


class Severity(StrEnum):
    """How much a problem matters."""

    INFO = "info"  # something was read with a repair that loses nothing
    WARNING = "warning"  # a value was left out of the canonical form; its raw text is kept
    ERROR = "error"  # a row or a file could not be read


@frozen
class Problem:
    """A fault of the data: what is wrong, where, with which text, and what helps.

    Args:
        code: stable identifier such as `phone.not_a_number`.
        path: where in the record, such as `$.phones[0].number`; empty for a whole file.
        raw: the text as it was read (cut to 200 characters by the readers).
        hint: one sentence that says what helps.
        severity: see `Severity`.
        column: the column of the file, where there is one.
        file: the file, as the caller named it.
        line: the line in the file, from 1; 0 where it does not apply.

    >>> Problem("email.syntax", "$.emails[0].address", raw="ana@", hint="No domain after the @.").code
    'email.syntax'
    """

    code: str
    path: str = ""
    raw: str = ""
    hint: str = ""
    severity: Severity = Severity.WARNING
    column: str = ""
    file: str = ""
    line: int = 0


class ContactError(Exception):
    """Base of all errors that this library raises.

    Args:
        message: what is wrong, in one sentence.
        code: stable identifier.
        path: the argument, field or file that it is about.
        hint: what to do next.
    """

    code = "error"

    def __init__(self, message: str, *, code: str = "", path: str = "", hint: str = "") -> None:
        self.message, self.path, self.hint = message, path, hint
        self.code = code or type(self).code
        super().__init__(f"{message} {hint}".strip())


class InputError(ContactError, ValueError):
    """An argument, a file or a document that cannot be used."""

    code = "input"


class NothingReadError(InputError):
    """No file that was named could be read.

    Args:
        problems: why, one for each file.
    """

    code = "input.nothing_read"

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "Nothing could be read.", path="paths", hint="Name exports (tables, cards, messages), or folders of them."
        )


class ConfigError(InputError):
    """A mapping, policy or option that contradicts itself or names what does not exist."""

    code = "config"


class MissingExtraError(ContactError):
    """A part that needs an optional dependency was used without it."""

    code = "extra.missing"

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs the extra [{extra}].", path=extra, hint=f"Install it: pip install 'canonical-contact[{extra}]'"
        )


class StoreError(ContactError):
    """A store that cannot be opened, read or written."""

    code = "store"


class StoreBusyError(StoreError):
    """Another run holds the store; wait or come back."""

    code = "store.busy"


class NotFoundError(ContactError, LookupError):
    """No contact of that id or endpoint."""

    code = "not_found"


class ErasedError(NotFoundError):
    """The contact of that id was erased; nothing of the person is kept."""

    code = "privacy.erased_contact"


class IllegalTransitionError(ContactError):
    """An event or act that a state does not allow; nothing was changed.

    Args:
        state: the state, `none` where nothing is known of it.
        event: the event or act that was refused.
        legal: those that the state allows.
        why: what the table or a guard says against it.
        what: what has the state.
        code: its code.
    """

    code = "consent.illegal_transition"

    def __init__(
        self, state: str, event: str, legal: tuple[str, ...], why: str, *, what: str = "A consent", code: str = ""
    ) -> None:
        self.state, self.event, self.legal = state, event, legal
        super().__init__(
            f"{what} in the state {state} does not take {event}: {why}.",
            path=event,
            hint=f"Legal in this state: {', '.join(legal) or 'nothing more'}.",
            code=code,
        )
