"""The sheets of a scored workbook, one file each."""
