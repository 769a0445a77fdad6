"""What each app's admin is built from: lists, forms and rows for staff."""
