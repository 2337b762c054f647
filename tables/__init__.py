"""Tables that people hand in, as cells: what a workbook, a web page or a file of text holds and how it shows it.

What the cells mean is nobody's business here: figures, evidence and whatever else is read stands above.
"""
