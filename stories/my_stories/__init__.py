"""What storytellers see and do with a story of theirs after it was sent."""
