"""The comparison library: what two records are asked, field by field."""
