"""The studio: a plan made, published and corrected by planners, from its text."""
