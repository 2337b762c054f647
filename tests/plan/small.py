"""A folder of fixtures small enough to be altered line by line: two indicators, a platform with two tasks."""

from pathlib import Path

TEXT = """# 一、总体

到2025年，甲率达到10%。到2025年，乙数达到20件。

# 二、任务

建设丙平台，开展丁研究，布局戊设施。完善己制度。推进庚合作。
"""
PLAN = """
slug = "small"
title = "小规划"
title_en = "Small plan"
short = "小"
short_en = "Small"
starts_on = 2021-01-01
ends_on = 2025-12-31
published_on = 2021-03-01
[source]
title = "小规划"
[sections]
"1" = "Whole"
"2" = "Tasks"
"""
COLUMNS = "code,component,unit,year,value,value_status,released_on,source_title"


def indicator(code: str, part: str, title: str, words: str, unit: str, target: str) -> str:
    return f"""
[[indicator]]
code = "{code}"
section = "1"
title = "{title}"
title_en = "{code} in English"
short = "{title}"
short_en = "{code}"
quote = "{words}"
in_table = true
nature = "expected"
unit = "{unit}"
unit_en = "{unit}"
direction = "up"
definition = "含义。"
definition_en = "Meaning."
  [[indicator.component]]
  code = "{part}"
  name = "{title}"
  name_en = "{code}"
  accumulation = "level"
  target_type = "point"
  target_value = "{target}"
  target_year = 2025
  target_text = "{target}"
"""


def item(code: str, kind: str, title: str, words: str, parent: str = "") -> str:
    above = f'parent = "{parent}"\n' if parent else ""
    return f"""
[[item]]
code = "{code}"
kind = "{kind}"
{above}section = "2"
title = "{title}"
title_en = "{code} in English"
quote = "{words}"
"""


FIRST = indicator("I-01", "I-01", "甲率", "甲率达到10%", "%", "10")
SECOND = indicator("I-02", "I-02", "乙数", "乙数达到20件", "件", "20")
PLATFORM = item("P-1", "platform", "丙平台", "建设丙平台")
STUDY = item("P-1.1", "platform_task", "丁研究", "开展丁研究", "P-1")
FACILITY = item("P-1.2", "platform_task", "戊设施", "布局戊设施", "P-1")
SAFEGUARD = item("G-1", "safeguard", "己制度", "完善己制度")
FIGURES = ("I-01,I-01,%,2022,6,final,2023-02-01,公报", "I-02,I-02,件,2022,12,final,2023-02-01,公报")


def write(
    folder: Path,
    *,
    indicators=(FIRST, SECOND),
    platforms=(PLATFORM, STUDY, FACILITY),
    safeguards=(SAFEGUARD,),
    figures=FIGURES,
    text=TEXT,
    plan=PLAN,
) -> Path:
    """Writes the folder; each part may be given another way. The same folder may be written again."""
    folder.mkdir(exist_ok=True)
    files = {
        "plan": plan,
        "indicators": "".join(indicators),
        "platforms": "".join(platforms),
        "safeguards": "".join(safeguards),
    }
    for name in ("goals", "pillars", "industries", "actions", "clusters", "links", "notes"):
        files[name] = ""
    for name, words in files.items():
        (folder / f"{name}.toml").write_text(words, encoding="utf-8")
    (folder / "text.md").write_text(text, encoding="utf-8")
    (folder / "observations.csv").write_text("\n".join([COLUMNS, *figures]) + "\n", encoding="utf-8")
    return folder


def with_tables(**tables: dict[str, str]) -> str:
    """plan.toml with further tables: with_tables(renames={"I-01": "I-03"})."""
    lines = []
    for name, pairs in tables.items():
        lines += [f"[{name}]", *(f'"{old}" = "{new}"' for old, new in pairs.items())]
    return PLAN + "\n".join(lines) + "\n"
