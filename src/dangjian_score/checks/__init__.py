"""Findings about regulations, and about evidence against them."""
