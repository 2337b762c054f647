"""Invented data: the demo people learn on, and the plans of the speed measurements."""
