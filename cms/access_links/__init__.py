"""Links that let their holder do one thing: made, found, used once and revoked."""
