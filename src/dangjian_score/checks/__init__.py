"""What is wrong with a regulation, and with evidence held against it."""
