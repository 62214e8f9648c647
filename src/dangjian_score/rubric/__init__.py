"""The language: YAML text with the place of every node, and the frozen models it is validated into."""
