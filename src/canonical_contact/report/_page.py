"""How every page and picture of the library is made of its template: what comes from data is escaped and can be shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from canonical_contact.report import words

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["shipped", "template_of"]

_HERE = "canonical_contact.report"


def shipped(*names: str, package: str = _HERE) -> str:
    """Read files that lie beside the templates of a package, one after the other."""
    return "".join((files(package) / "templates" / name).read_text("utf-8") for name in names)


def template_of(
    name: str, filters: Mapping[str, Callable[..., Any]] | None = None, *, sparse: bool = False, package: str = _HERE
) -> Template:
    """Take up a template.

    Args:
        name: its file.
        filters: what it shows values with, beside what Jinja has.
        sparse: whether what it shows leaves out what is empty; otherwise a name that there is not is an error.
        package: whose folder `templates` it lies in.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.Undefined if sparse else jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: words.shown(value) if type(value) is str else value,
    )
    environment.filters |= filters or {}
    return environment.from_string(shipped(name, package=package))
