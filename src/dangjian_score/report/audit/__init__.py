"""The live audit workbook (`score --audit`): one sheet a file, one layout for all formulas."""
