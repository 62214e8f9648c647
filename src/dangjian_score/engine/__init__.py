"""Rules as expression trees, and what they come to. Pure: no file, clock, locale or float."""
