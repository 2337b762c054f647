"""Columns of the status updates' file and API: a contract with everyone who reads them; add only at the end."""

UPDATE = {
    "plan": "规划",
    "item": "条目编码",
    "title": "条目",
    "kind": "类别",
    "organisation": "填报单位",
    "status_on": "进展截至",
    "status": "状态",
    "progress": "完成份额（%）",
    "done": "进展情况",
    "problems": "存在问题",
    "next_steps": "下一步安排",
    "milestones": "里程碑",
    "attachments": "附件",
    "known_on": "核定日期",
    "url": "网址",
}
