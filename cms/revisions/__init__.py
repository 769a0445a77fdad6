"""Snapshots of what is edited: proposals, history, comparison, merging and preview links."""
