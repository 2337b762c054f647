"""What the plan looks like on a day: overview, wall, states, matrix, changes, history."""
