"""Who runs the portal and answers for it."""
