"""Text and whole numbers as people, files and programs send them: one rule on the way in, one on the way out."""
