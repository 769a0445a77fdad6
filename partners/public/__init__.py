"""Pages that need no account: asking to join, an invitation, “still right?”, suggesting a change."""
