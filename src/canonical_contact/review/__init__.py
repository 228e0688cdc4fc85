"""The page on which people say who is one person: served to this machine only, by keyboard, for several at once. Needs the extra [review]."""

from canonical_contact.review.serving import ReviewServer, require, review_app

__all__ = ["ReviewServer", "require", "review_app"]
