"""Who decided what, kept in a log that the database refuses to change."""
