"""One raw value in, one canonical value out, with match keys and problems; pure functions that never raise on any text."""
