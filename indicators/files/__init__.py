"""Figures in files: read from tables people hand in, written for those they take away."""
