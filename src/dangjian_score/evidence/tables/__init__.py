"""Sheets → tables of typed columns: blocks, headers, what columns mean, and every cell read as its column says."""
