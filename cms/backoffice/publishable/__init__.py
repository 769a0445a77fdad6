"""The admin of anything that is published: one mixin for each concern."""
