"""The reader of workbooks (.xlsx, .xlsm)."""
