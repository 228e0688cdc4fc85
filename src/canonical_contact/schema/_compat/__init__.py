"""How two JSON Schemas are compared; the public names stand in `schema.compat`."""
