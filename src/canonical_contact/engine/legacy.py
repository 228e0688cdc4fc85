"""The legacy programme over a store: plan it, ask, count the answers, suppress the silent at the deadline.

The rules are those of `consent.legacy`; nothing here decides by itself whom to ask.
"""

from canonical_contact.engine._legacy_campaign import close_campaign, start_campaign, suppress_rest
from canonical_contact.engine._legacy_outcome import Answer, Campaign, CampaignOutcome, CampaignRow, Closed, campaign_outcome
from canonical_contact.engine._legacy_plan import LegacyPlan, LegacyRow, legacy_rows, plan_legacy

__all__ = [
    "Answer",
    "Campaign",
    "CampaignOutcome",
    "CampaignRow",
    "Closed",
    "LegacyPlan",
    "LegacyRow",
    "campaign_outcome",
    "close_campaign",
    "legacy_rows",
    "plan_legacy",
    "start_campaign",
    "suppress_rest",
]
