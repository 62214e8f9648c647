"""How regulations are worded: patterns of clauses, and what each of them means."""
