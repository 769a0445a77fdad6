"""The Derby Story as anybody reads it."""
