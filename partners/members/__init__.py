"""Who speaks for an organisation: asking to join, inviting, roles, leaving."""
