"""From what somebody pasted or uploaded to a text with headings, paragraphs and tables. Pure: no Django."""
