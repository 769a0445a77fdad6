"""What must be there before the portal is opened to the public."""
