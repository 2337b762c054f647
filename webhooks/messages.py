"""What an address is sent: our own form, or a template of JSON with gaps, as robots of chats ask for. Pure."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from typing import Any

GAPS = ("title", "text", "url", "plan", "event", "time")
GAP = re.compile(r"\{(\w+)\}")
# Robots refuse longer texts.
TEXT_LENGTH = 1500
PRESETS = {
    "wecom": ("企业微信群机器人", {
        "msgtype": "markdown", "markdown": {"content": "**{title}**\n{text}\n[{plan}]({url})"},
    }),
    "dingtalk": ("钉钉群机器人", {
        "msgtype": "markdown",
        "markdown": {"title": "{title}", "text": "### {title}\n\n{text}\n\n[{plan}]({url})"},
    }),
    "feishu": ("飞书群机器人", {"msg_type": "text", "content": {"text": "{title}\n{text}\n{url}"}}),
}  # fmt: skip


class BadTemplate(ValueError):
    """A template that is no JSON, or has a gap that nothing fills; the message names it."""


def preset_text(name: str) -> str:
    return json.dumps(PRESETS[name][1], ensure_ascii=False, indent=2)


def check_template(text: str) -> None:
    """Raises BadTemplate."""
    try:
        made = json.loads(text)
    except ValueError as error:
        raise BadTemplate(str(error)) from error
    if not isinstance(made, dict):
        raise BadTemplate("{ … }")
    if unknown := sorted(set(GAP.findall(text)) - set(GAPS)):
        raise BadTemplate(f"{{{unknown[0]}}}")


def body_of(template: str, message: Mapping[str, Any]) -> bytes:
    """The bytes that are sent: the message itself, or the template with its gaps filled."""
    if not template:
        return json.dumps(message, ensure_ascii=False, sort_keys=True).encode()
    words = {name: str(message.get("at" if name == "time" else name, ""))[:TEXT_LENGTH] for name in GAPS}
    return json.dumps(_filled(json.loads(template), words), ensure_ascii=False).encode()


def _filled(part: Any, words: Mapping[str, str]) -> Any:
    # In the parsed template: what a title holds can close no quote of it.
    if isinstance(part, str):
        return GAP.sub(lambda gap: words.get(gap[1], gap[0]), part)
    if isinstance(part, list):
        return [_filled(one, words) for one in part]
    return {name: _filled(one, words) for name, one in part.items()} if isinstance(part, dict) else part


def signature(secret: str, body: bytes, moment: int) -> str:
    """Of second and body together, so that an old message cannot be sent anew: `t=…,v1=` HMAC-SHA256 in hex."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
