"""The audit log as its administrator reads it."""
