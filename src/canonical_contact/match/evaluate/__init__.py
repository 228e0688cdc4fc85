"""How right a result is: against a full truth, against judged pairs, or estimated from a round of labelling."""

from canonical_contact.match.evaluate._values import Figure, wilson
from canonical_contact.match.evaluate.calibration import Bin, Reliability, reliability
from canonical_contact.match.evaluate.estimates import Estimate, estimate, judged_pairs
from canonical_contact.match.evaluate.labels import Answer, Label, LabelMeasures, Labels, label_measures, read_labels
from canonical_contact.match.evaluate.measures import Evaluation, Measures, bcubed, cluster_measures, evaluate, pair_measures
from canonical_contact.match.evaluate.mistakes import ErrorKind, Mistakes, PairError, find_mistakes
from canonical_contact.match.evaluate.rounds import Drawn, Round, ScoredPair, Stratum, sample_round
from canonical_contact.match.evaluate.thresholds import Judged, Sweep, SweepPoint, sweep

__all__ = [
    "Answer",
    "Bin",
    "Drawn",
    "ErrorKind",
    "Estimate",
    "Evaluation",
    "Figure",
    "Judged",
    "Label",
    "LabelMeasures",
    "Labels",
    "Measures",
    "Mistakes",
    "PairError",
    "Reliability",
    "Round",
    "ScoredPair",
    "Stratum",
    "Sweep",
    "SweepPoint",
    "bcubed",
    "cluster_measures",
    "estimate",
    "evaluate",
    "find_mistakes",
    "judged_pairs",
    "label_measures",
    "pair_measures",
    "read_labels",
    "reliability",
    "sample_round",
    "sweep",
    "wilson",
]
