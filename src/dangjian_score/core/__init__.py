"""Values that every package uses: points, names, facts, diagnostics, archives, expressions; the version."""

__version__ = "0.1.0"
