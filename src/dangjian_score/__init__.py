"""Scores organisations by a written regulation: YAML rubrics in, evidence sheets in, traceable points out."""

__version__ = "0.1.0"
