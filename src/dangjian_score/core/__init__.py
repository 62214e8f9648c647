"""Values that everybody uses: points, names, facts, diagnostics, archives."""
