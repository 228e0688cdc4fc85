"""Which records speak of one person: features, blocking, comparison, weights, verdicts."""
