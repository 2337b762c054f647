"""Server-drawn pictures as PNG, without a browser: for Word files and printers."""

from texts.xml import xml_safe

# The classes of the SVG pictures in print: ink on white, the target in the accent, figures in blue.
PRINT_STYLE = """
text { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif; font-size: 14px }
text { fill: #55606d } .c-value { fill: #16202b; font-weight: 600 }
.c-goal { fill: #c0352b } .c-ahead { fill: #0b5cad }
.c-empty { font-size: 16px } .c-axis, .c-grid { stroke: #d8dee4; stroke-width: 1; fill: none }
.c-band { fill: #c0352b; opacity: .1 } .c-target { stroke: #c0352b; stroke-width: 1.75; fill: none }
.c-far { stroke: #c0352b; stroke-width: 1; fill: none; opacity: .45 }
.c-open { stroke: #c0352b; stroke-width: 1.75; fill: #fff }
.c-expected { stroke: #55606d; stroke-width: 1; stroke-dasharray: 4 3; fill: none }
.c-projection { stroke: #0b5cad; stroke-width: 2; stroke-dasharray: 1 5; fill: none }
.c-base { stroke: #55606d; stroke-width: 1.5; fill: none }
.trace { stroke: #0b5cad; stroke-width: 2.5; fill: none }
.c-dot { fill: #0b5cad } .c-hollow { fill: #fff; stroke: #0b5cad; stroke-width: 1.75 }
.c-bound { fill: none; stroke: #55606d; stroke-width: 1.25 }
.c-elsewhere { fill: none; stroke: #55606d; stroke-width: 1 }
.c-there { fill: #55606d }
.c-other { fill: none; stroke: #9aa6b3; stroke-width: 1.25 }
"""


class NoChineseFont(RuntimeError):
    """Without a CJK font every Chinese letter would be an empty box, and nobody would be told."""


def png(svg: str, *, zoom: float = 2.0) -> bytes:
    """An SVG of this package as PNG on white. Raises NoChineseFont where the machine cannot write Chinese."""
    import resvg_py  # only workers that write reports need it

    svg = with_namespace(svg)
    if not _has_chinese():
        raise NoChineseFont("没有中文字体，请安装 fonts-noto-cjk / no CJK font, install fonts-noto-cjk")
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, style_sheet=PRINT_STYLE, background="#ffffff", zoom=zoom))


def with_namespace(svg: str) -> str:
    """A picture on its own: with the namespace that it needs not inside HTML, and without what XML cannot hold."""
    return xml_safe(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def standalone(svg: str) -> str:
    """An SVG of this package as a file of its own, with the styles of print and white paper."""
    head, rest = with_namespace(svg).split(">", 1)
    return f'{head}><style>{PRINT_STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{rest}'


_checked: dict[str, bool] = {}


def _has_chinese() -> bool:
    """Whether a Chinese letter is drawn otherwise than one no font has (a noncharacter)."""
    import resvg_py

    if "chinese" not in _checked:
        page = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="4" y="30">{}</text></svg>'
        drawn = [
            resvg_py.svg_to_bytes(svg_string=page.format(c), style_sheet=PRINT_STYLE) for c in ("规", "\U0010ffff")
        ]
        _checked["chinese"] = drawn[0] != drawn[1]
    return _checked["chinese"]
