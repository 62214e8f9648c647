"""What engines give, as documents for people and data for scripts, one file a report."""
