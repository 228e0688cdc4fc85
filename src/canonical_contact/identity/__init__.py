"""Who is who, for good: clusters of records under constraints, and ids that outlive every run."""

from canonical_contact.identity.assign import Assignment, assign_ids
from canonical_contact.identity.clusters import (
    Clustering,
    ClusterPolicy,
    Cut,
    EdgeColumns,
    Judge,
    JudgeColumns,
    Judged,
    Pair,
    cluster,
)

__all__ = [
    "Assignment",
    "ClusterPolicy",
    "Clustering",
    "Cut",
    "EdgeColumns",
    "Judge",
    "JudgeColumns",
    "Judged",
    "Pair",
    "assign_ids",
    "cluster",
]
