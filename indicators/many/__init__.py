"""Sixty thousand components at once: the database does what the ORM would do row by row.

The one door to it is this package; everything else of the product reads models. Each module has its measured
reason in decisions 0004 and 0008 and stays only while `make bench` keeps those aims.
"""
