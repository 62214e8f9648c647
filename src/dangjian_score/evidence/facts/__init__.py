"""Tables → facts of units, with findings and what became of the cells of rows that are no use."""
