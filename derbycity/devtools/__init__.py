"""For development alone: the embedded PostgreSQL and the runner. Never in production."""
