"""Rules as expression trees, and their evaluation. Pure: no files, clock, locale or floats."""
