"""Measurements: what takes how long, beside what, and how to run it."""
