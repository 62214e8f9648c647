"""`dangjian template`: the workbook to be filled in."""
