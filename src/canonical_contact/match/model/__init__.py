"""The weights of comparisons: a mixture of kinds of pairs, how it is learned, and how it turns levels into calibrated odds."""
