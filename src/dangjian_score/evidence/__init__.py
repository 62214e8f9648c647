"""Sheets in, facts with their cells out."""
