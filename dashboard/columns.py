"""Columns of the files of the matrices and of the status page, in their order, with their Chinese headings."""

MATRIX = {
    "row": "行编码",
    "row_title": "行",
    "column": "列编码",
    "column_title": "列",
    "mention": "提及方式",
    "words": "原文用语",
    "item": "出处编码",
    "item_title": "出处",
    "quote": "规划原文",
}
STATUS = {
    "chapter": "章",
    "chapter_title": "章名",
    "kind": "类别",
    "status": "状态",
    "number": "条目数",
}
