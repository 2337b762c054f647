"""Files that leave: what their cells are, how they are written, the one door they go through, who took them."""
