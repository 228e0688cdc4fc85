"""The matcher over columns: the same rules as for single records, over arrays of places. Needs the extra `[batch]`."""
