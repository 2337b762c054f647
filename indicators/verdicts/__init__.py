"""Verdicts as they are stored, and the rule in force on a day."""
