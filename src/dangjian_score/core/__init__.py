"""Values that every package uses: points, names, facts, diagnostics, archives, expressions."""
