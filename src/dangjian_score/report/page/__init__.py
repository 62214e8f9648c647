"""The result as one page for browsers: it needs no network, no server and, for reading, no script."""
