"""Where a story is told and sent, step by step, without an account."""
