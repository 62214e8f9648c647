"""What a regulation says of the whole: grades, vetoes, selections, rounding, the period, who is assessed."""
