"""Whether what is published can be read and leads somewhere."""
