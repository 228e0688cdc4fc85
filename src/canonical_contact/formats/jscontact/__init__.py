"""JSContact (RFC 9553, RFC 9982): contacts as JSContact cards, and vCard to JSContact and back (RFC 9555)."""
