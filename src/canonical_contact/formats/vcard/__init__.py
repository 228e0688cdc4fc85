"""vCard: the wire syntax of 2.1, 3.0 and 4.0 read by tolerance, 4.0 written, jCard (RFC 7095), and contacts in both."""
