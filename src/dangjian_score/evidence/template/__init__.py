"""The workbook to be filled in: a rubric in, a plan of sheets made, its bytes out."""
