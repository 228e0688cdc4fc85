"""How healthy the whole is: each figure with its definition, its exclusions and its uncertainty; pure."""

from canonical_contact.kpi.calculate import Change, Kpi, Meter, changes_of, measure, sources_of
from canonical_contact.kpi.definitions import DEFINITIONS, KpiDefinition, Unit
from canonical_contact.kpi.reach import REACH, reaches

__all__ = [
    "DEFINITIONS",
    "REACH",
    "Change",
    "Kpi",
    "KpiDefinition",
    "Meter",
    "Unit",
    "changes_of",
    "measure",
    "reaches",
    "sources_of",
]
