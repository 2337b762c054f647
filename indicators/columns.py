"""Columns of the files that go in and out, in their order, with their Chinese headings.

The names are a contract with everyone who reads the files (design: exports); add only at the end.
"""

OBSERVATION = {
    "plan": "规划",
    "code": "指标编码",
    "component": "分项编码",
    "indicator": "指标名称",
    "unit": "单位",
    "year": "年份",
    "value": "数值",
    "value_status": "数据性质",
    "released_on": "公布日期",
    "source_title": "来源",
    "source_url": "来源网址",
    "entered_by": "填报人",
    "approved_at": "核定时间",
}
# Understood on the way in as well; a file without them means: exact, approved, released on that very day.
IMPORT_ONLY = {
    "precision": "精确程度",
    "state": "状态",
    "release_precision": "公布日期精确到",
    "source_publisher": "发布单位",
    "published_text": "公布时的写法",
    "note": "说明",
}
PROGRESS = {
    "code": "指标编码",
    "component": "分项编码",
    "indicator": "指标名称",
    "unit": "单位",
    "baseline_year": "基期年",
    "baseline_value": "基期值",
    "target_operator": "目标类型",
    "target_low": "目标下限",
    "target_high": "目标上限",
    "target_year": "目标年",
    "target_text": "目标原文",
    "latest_year": "数据年份",
    "latest_value": "最新值",
    "value_status": "数据性质",
    "released_on": "公布日期",
    "source_title": "来源",
    "linear_status": "时间进度法判定",
    "linear_progress": "完成份额",
    "linear_lead": "进度比",
    "cagr_status": "复合增长率比值法判定",
    "cagr_ratio": "增长率比值",
    "final_verdict": "期末判定",
    "as_of": "截至",
    "rule_version": "规则版本",
}
WIDE = {
    "code": "指标编码",
    "component": "分项编码",
    "indicator": "指标名称",
    "unit": "单位",
    "target_text": "目标原文",
}
