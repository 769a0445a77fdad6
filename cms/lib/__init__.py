"""Plain functions and fields that any app may use: dates, spreadsheets, feeds, structured data."""
