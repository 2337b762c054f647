"""The life of a figure: entered, submitted, decided; due, or not public yet."""
