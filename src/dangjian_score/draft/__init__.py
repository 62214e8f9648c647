"""Regulations in documents → rubrics to go on with."""
