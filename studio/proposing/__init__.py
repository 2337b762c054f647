"""From a text to what it may promise: proposals that a person accepts or not. Pure: no Django, no network."""
