class BadBackup(Exception):
    """A file that is not restored, in words; nothing was changed."""
