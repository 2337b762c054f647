"""How progress is judged: rules on exact numbers, no Django (docs/methods.md)."""
