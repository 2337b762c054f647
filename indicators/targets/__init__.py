"""A target and its revisions."""
