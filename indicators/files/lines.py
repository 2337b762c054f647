"""What a reader of tables gives, whatever the file was: numbered rows of text, two kinds of cell marked."""

# What a sheet of Excel can hold.
MAX_ROWS = 1_048_576
BLOCK = 1 << 20
Line = tuple[int, list[str]]


class NumberCell(str):
    """A cell the workbook holds as a number: plain digits, with % where it is shown as per cent."""

    __slots__ = ()


class FormulaCell(str):
    """A formula the workbook keeps no result of."""

    __slots__ = ()
