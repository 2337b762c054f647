"""What each person has to do next, and who is reminded of it."""
