"""The index of published stories, and how lists and questions are asked of it."""
