"""What a receipt says and the ledger does not know: who the controller is, and how the data is handled."""

from __future__ import annotations

from attrs import frozen

__all__ = ["NOT_STATED", "Party", "Terms"]

NOT_STATED = "not stated"
"""What stands in a mandatory field that nobody filled."""


@frozen
class Party:
    """Somebody who takes part: the controller, a processor, a third party.

    Args:
        name: its name.
        id: how the receipt refers to it; empty: the name.
        contact: whom to ask there.
        email: where to write.
        phone: where to call.
        url: its site.
        street: street and number.
        locality: town.
        region: state or province.
        postcode: postcode.
        country: ISO 3166-1 alpha-2 code.
        role: `controller`, `processor`, `third_party`.
        type: `organisation` or `person`.
        on_behalf: whether it acts for another controller.

    >>> Party("Example Ltd", email="privacy@example.org").id
    ''
    """

    name: str
    id: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    url: str = ""
    street: str = ""
    locality: str = ""
    region: str = ""
    postcode: str = ""
    country: str = ""
    role: str = "controller"
    type: str = "organisation"
    on_behalf: bool = False


@frozen
class Terms:
    """What the host states about a processing; every field may stay empty, and what the ledger knows better is taken from there.

    Args:
        policy_url: where the privacy policy stands.
        service: the service that the consent is for.
        purpose: the purpose in words; empty: the purpose's name.
        purpose_category: categories of the purpose, such as `6 - Marketing`.
        pii_category: categories of the data, such as `2 - Contact`.
        sensitive: special categories of data; empty where there are none.
        termination: when the consent ends, in words.
        jurisdiction: country or state, where no proof names it.
        language: BCP 47 tag, where no proof names it.
        collection_method: how it was asked, where no event says so.
        withdrawal_method: how it can be withdrawn, where no proof says so.
        storage_locations: where the data lies.
        retention_period: how long it is kept.
        public_key: the controller's key.
        primary: whether the purpose is what the service is for.
        rights: the person's rights and how to exercise them.
        authority: the supervisory authority.

    >>> Terms(policy_url="https://example.org/privacy").primary
    False
    """

    policy_url: str = ""
    service: str = ""
    purpose: str = ""
    purpose_category: tuple[str, ...] = ()
    pii_category: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    termination: str = ""
    jurisdiction: str = ""
    language: str = ""
    collection_method: str = ""
    withdrawal_method: str = ""
    storage_locations: tuple[str, ...] = ()
    retention_period: str = ""
    public_key: str = ""
    primary: bool = False
    rights: str = ""
    authority: str = ""
