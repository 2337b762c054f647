"""Every component in every state."""
