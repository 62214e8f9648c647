"""The layout of a regulation: which of its words are sections, items, what is asked for, and how it is scored."""
