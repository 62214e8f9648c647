"""Official papers (公文) to GB/T 9704-2012: the notice of results (通报), and feedback to each unit (反馈书)."""
