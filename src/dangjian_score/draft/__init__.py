"""Drafts of rubrics from regulations in Word, in a spreadsheet or as text: what is understood is written as rules."""
