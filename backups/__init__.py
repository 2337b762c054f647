"""The whole installation in one file: written from one moment of the database, checked before it is believed."""
