"""The columnar carrier: a program applied to all units at once, on columns of integers (extra `columns`, Polars)."""
