"""Documents written out, one file a medium."""
