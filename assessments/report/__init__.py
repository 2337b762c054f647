"""The evaluation report: what it says, and as a Word file."""
