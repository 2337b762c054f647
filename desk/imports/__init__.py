"""A file of figures on its way in, as a person sees it."""
