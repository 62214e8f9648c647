"""Documents (.docx, .xlsx, .txt) → blocks: paragraphs and grids."""
