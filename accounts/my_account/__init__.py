"""What belongs to a person: where they are signed in, what we hold about them, and leaving."""
