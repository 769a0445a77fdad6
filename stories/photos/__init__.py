"""The pictures of stories: taken in, described, shown and withdrawn."""
