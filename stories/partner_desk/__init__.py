"""A partner’s stories, at its desk."""
