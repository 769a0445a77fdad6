"""What a partner’s people see and do once they have signed in."""
