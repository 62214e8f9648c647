"""Official papers (公文) to GB/T 9704-2012: the notice of results (通报), and what each unit is told (反馈书)."""
