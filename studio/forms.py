"""What planners type. Rules live with the services."""

import re
from dataclasses import replace

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from plan.converters import CODE_RULE, folded, is_code
from plan.days import FIRST_YEAR, LAST_YEAR, LONGEST_PERIOD, is_sensible, is_too_long
from studio.folder import section_of
from studio.held import DraftContent, HeldItem, entry_kinds, find
from studio.proposing.rules import templates
from studio.proposing.targets import is_value, parse_targets, reading_of
from texts.forms import AddressField, LineField, ProseField, YearField
from texts.numbers import whole_number

ACCUMULATIONS = [
    ("level", gettext_lazy("水平型")),
    ("cumulative", gettext_lazy("累计型")),
    ("sum", gettext_lazy("逐年相加")),
    ("mean", gettext_lazy("年均值")),
    ("growth", gettext_lazy("累计增长")),
    ("annual_growth", gettext_lazy("年均增长")),
    ("every_year", gettext_lazy("每年保持")),
]
DIRECTIONS = [("up", gettext_lazy("越高越好")), ("down", gettext_lazy("越低越好"))]
NATURES = [("expected", gettext_lazy("预期性")), ("binding", gettext_lazy("约束性"))]
FREQUENCIES = [
    ("year", gettext_lazy("每年")), ("half_year", gettext_lazy("每半年")), ("quarter", gettext_lazy("每季度")),
    ("several_years", gettext_lazy("每几年")),
]  # fmt: skip
# Of a component what the form asks nothing of, and keeps.
KEPT = (
    "code", "name", "name_en", "baseline_note", "baseline_note_en", "every_years", "first_due_year",
    "continues_note", "continues_note_en",
)  # fmt: skip
DAY = {"widget": forms.DateInput(attrs={"type": "date"})}


class FrameForm(forms.Form):
    """What a plan is called, when it holds and where it was published."""

    title = LineField(label=gettext_lazy("规划名称"), max_length=200)
    title_en = LineField(label=gettext_lazy("英文名称"), max_length=200, required=False)
    short = LineField(label=gettext_lazy("简称"), max_length=60, required=False)
    short_en = LineField(label=gettext_lazy("英文简称"), max_length=80, required=False)
    starts_on = forms.DateField(label=gettext_lazy("规划期起"), **DAY)
    ends_on = forms.DateField(label=gettext_lazy("规划期止"), **DAY)
    published_on = forms.DateField(label=gettext_lazy("公开日期"), **DAY)
    source_publisher = LineField(label=gettext_lazy("发布单位"), max_length=200, required=False)
    source_title = LineField(label=gettext_lazy("来源标题"), max_length=500)
    source_url = AddressField(
        label=gettext_lazy("来源网址"), max_length=1000, required=False, assume_scheme="https"
    )

    def clean(self):
        data = super().clean()
        years = _("年份应在 %(first)s 与 %(last)s 之间") % {"first": FIRST_YEAR, "last": LAST_YEAR}
        for name in ("starts_on", "ends_on", "published_on"):
            if data.get(name) and not is_sensible(data[name]):
                self.add_error(name, years)
        starts, ends = data.get("starts_on"), data.get("ends_on")
        if starts and ends and starts >= ends:
            self.add_error("ends_on", _("规划期止应晚于规划期起"))
        elif starts and ends and is_too_long(starts, ends):
            self.add_error("ends_on", _("规划期至多 %(n)s 年") % {"n": LONGEST_PERIOD})
        return data


class StartForm(FrameForm):
    """A new plan."""

    slug = forms.SlugField(
        label=gettext_lazy("地址"),
        max_length=50,
        help_text=gettext_lazy("小写字母、数字和连字符，例如 city-plan-2030；发布后不再改动"),
    )
    template = forms.ChoiceField(label=gettext_lazy("模板"))
    field_order = ["title", "slug", "template"]

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["template"].choices = [(key, one.name) for key, one in templates().items()]


class ItemForm(forms.Form):
    """An item: what it is called, which words it has, what it stands under."""

    kind = forms.ChoiceField(label=gettext_lazy("类别"))
    title = LineField(label=gettext_lazy("标题"), max_length=300)
    title_en = LineField(label=gettext_lazy("英文标题"), max_length=300, required=False)
    words = ProseField(
        label=gettext_lazy("原文文字"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("须是原文中连续的文字；增减字就是扩大或缩小范围，跨段的每段一行"),
    )
    parent = forms.ChoiceField(label=gettext_lazy("上级"), required=False)
    code = LineField(label=gettext_lazy("编码"), max_length=40, required=False)
    also = LineField(label=gettext_lazy("又称"), max_length=300, required=False)
    note = ProseField(
        label=gettext_lazy("读法说明"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )

    def __init__(self, *args, held: DraftContent, key: str = "", block: int = 0, **options):
        """`key` of the item, or none for a new one, whose words are looked for from `block` on."""
        super().__init__(*args, **options)
        self.held, self.row = held, held.items.get(key)
        self.near = self.row.place if self.row else (block, 0, 0)
        self.fields["kind"].choices = [(kind["key"], kind["name"]) for kind in held.kinds]
        # Below itself nothing can stand.
        own = held.below(key) | {key} if key else set()
        others = [(other, row.title[:40]) for other, row in held.items.items() if other not in own]
        self.fields["parent"].choices = [("", "—"), *others]

    def clean_words(self):
        """The words as a place, nearest to the item's own: in one paragraph, or from one into the next."""
        words = re.sub(r"\s*\n\s*", "\n", self.cleaned_data["words"].strip())
        found = find(words, self.held.bare_blocks, self.near)
        if found is None:
            raise forms.ValidationError(_("原文里没有这些连续的文字"))
        self.place, self.last = found
        if self.last and self.cleaned_data.get("kind") in entry_kinds(self.held):
            raise forms.ValidationError(_("项目和要点的文字须在同一段里"))
        return words

    def clean_code(self):
        code = self.cleaned_data["code"]
        if code and not is_code(code):
            raise forms.ValidationError(CODE_RULE)
        if code and any(
            folded(row.code) == folded(code) for row in self.held.items.values() if row is not self.row
        ):
            raise forms.ValidationError(_("编码 %(code)s 已被另一条目使用") % {"code": code})
        return code

    def fields_of_item(self) -> dict:
        data = self.cleaned_data
        also = [name.strip() for name in data["also"].replace(",", "、").split("、") if name.strip()]
        plain = {name: data[name] for name in ("kind", "title", "title_en", "parent", "code", "note")}
        return plain | {"also": also, "place": self.place, "last": self.last}


def initial_of(row: HeldItem) -> dict:
    plain = {name: getattr(row, name) for name in ("kind", "title", "title_en", "parent", "code", "note")}
    return plain | {"words": row.quote, "also": "、".join(row.also)}


class NumbersForm(forms.Form):
    """What an indicator is to reach, as printed; the reading is shown beside it."""

    unit = LineField(label=gettext_lazy("单位"), max_length=20)
    target_text = LineField(
        label=gettext_lazy("目标值（照印）"),
        max_length=60,
        help_text=gettext_lazy("例如 5.5-6、>22000、不少于40、70，85、年均5%以上、首位"),
    )
    target_year = YearField(label=gettext_lazy("目标年"), min_value=1990)
    direction = forms.ChoiceField(label=gettext_lazy("方向"), choices=DIRECTIONS)
    accumulation = forms.ChoiceField(label=gettext_lazy("累计方式"), choices=ACCUMULATIONS)
    nature = forms.ChoiceField(label=gettext_lazy("属性"), choices=NATURES)
    path = LineField(
        label=gettext_lazy("年度目标"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("例如 2026:5.6 2027:5.7"),
    )
    baseline_year = YearField(label=gettext_lazy("基期年"), min_value=1990, required=False)
    baseline_value = forms.DecimalField(label=gettext_lazy("基期值"), required=False, max_digits=20)
    baseline_quote = LineField(
        label=gettext_lazy("基期原文"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("规划里写这个数的那句话"),
    )
    definition = ProseField(
        label=gettext_lazy("定义"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )
    frequency = forms.ChoiceField(label=gettext_lazy("公布频率"), choices=FREQUENCIES)
    due_month = forms.IntegerField(label=gettext_lazy("应公布月份"), min_value=1, max_value=12, required=False)
    usual_publisher = LineField(label=gettext_lazy("通常由谁公布"), max_length=200, required=False)
    continues = forms.ChoiceField(
        label=gettext_lazy("接续哪一规划的指标"),
        required=False,
        help_text=gettext_lazy("数据只在那里录入一次，图画通两个规划期"),
    )

    def __init__(self, *args, held: DraftContent, title: str, earlier=(), **options):
        super().__init__(*args, **options)
        self.held, self.title = held, title
        self.fields["continues"].choices = [("", "—"), *earlier]
        first = (self.initial.get("component") or [{}])[0]
        self.is_taken_over = bool(first.get("baseline_value") and not first.get("baseline_quote"))
        # Figures of surveys are told in the files, with the years between them.
        if first.get("frequency") != "several_years":
            self.fields["frequency"].choices = FREQUENCIES[:3]

    def clean(self):
        data = super().clean()
        if not self.errors:
            self.targets = parse_targets(data["target_text"], unit=data["unit"], context=self.title)
            if not self.targets:
                self.add_error("target_text", _("读不出目标值；请照例子写，或改用“完成（是或否）”的文字条目"))
            self._direction(data)
            self._baseline(data)
            self._path(data)
        return data

    def clean_unit(self):
        unit = self.cleaned_data["unit"]
        if is_value(unit):
            raise forms.ValidationError(_("“%(unit)s”不是单位；请填“家”“亿元”一类的文字") % {"unit": unit})
        return unit

    def _direction(self, data):
        """Refuses a direction that the printed words speak against: 不少于40 is no ceiling."""
        told = {target.direction for target in self.targets if target.is_told}
        if told and data["direction"] not in told:
            words = {"text": data["target_text"], "direction": dict(DIRECTIONS)[told.pop()]}
            self.add_error("direction", _("照“%(text)s”的写法，方向应是“%(direction)s”") % words)

    def _baseline(self, data):
        given = [
            data.get(name) not in (None, "") for name in ("baseline_year", "baseline_value", "baseline_quote")
        ]
        # The last figure of the plan before is in no sentence of this one.
        self.takes_over = self.is_taken_over and bool(data.get("continues")) and given == [True, True, False]
        if any(given) and not all(given) and not self.takes_over:
            self.add_error("baseline_value", _("基期年、基期值和基期原文要么都填，要么都不填"))
        self.section = ""
        if all(given):
            self.section = section_of(self.held, data["baseline_quote"])
            if not self.section:
                self.add_error("baseline_quote", _("规划原文里没有这句话"))

    def _path(self, data):
        self.years = {}
        for part in data.get("path", "").replace("：", ":").replace("，", " ").replace(",", " ").split():
            year, colon, value = part.partition(":")
            if not (colon and whole_number(year) and value):
                self.add_error("path", _("“%(part)s”应如 2026:5.6") % {"part": part})
                return
            self.years[year] = value

    def reading(self) -> str:
        chosen = {name: self.cleaned_data[name] for name in ("direction", "accumulation")}
        return "；".join(reading_of(replace(target, **chosen)) for target in self.targets)

    def table(self, before: dict) -> dict:
        """The indicator's table as indicators.toml has it."""
        data = self.cleaned_data
        old = before.get("component", [])
        table = before | {name: data[name] for name in ("unit", "direction", "nature")}
        table |= {"definition": data["definition"]} if data["definition"] else {}
        parts = []
        for order, target in enumerate(self.targets):
            known = old[order] if order < len(old) else {}
            part = {name: known[name] for name in KEPT if known.get(name)}
            if order:
                part |= {"continues": known["continues"]} if known.get("continues") else {}
            elif data["continues"]:
                part["continues"] = data["continues"]
            parts.append({"name": self.title[:100]} | part | self._component(target))
        return table | {"component": parts}

    def _component(self, target) -> dict:
        data = self.cleaned_data
        bounds = {"value": target.value} if target.value else {"low": target.low, "high": target.high}
        part = {
            "accumulation": data["accumulation"],
            "target_type": target.type,
            **{f"target_{name}": value for name, value in bounds.items()},
            "target_year": data["target_year"],
            "target_text": target.printed,
            "frequency": data["frequency"],
        }
        part |= {"due_month": data["due_month"]} if data["due_month"] else {}
        part |= {"usual_publisher": data["usual_publisher"]} if data["usual_publisher"] else {}
        part |= {"target_path": self.years} if self.years else {}
        if self.takes_over:
            part |= {"baseline_year": data["baseline_year"], "baseline_value": str(data["baseline_value"])}
        if self.section:
            part |= {
                "baseline_year": data["baseline_year"],
                "baseline_value": str(data["baseline_value"]),
                "baseline_quote": data["baseline_quote"],
                "baseline_section": self.section,
            }
        return part


def numbers_initial(numbers: dict, year: int) -> dict:
    """An indicator's table as the form shows it."""
    parts = numbers.get("component", [])
    first = parts[0] if parts else {}
    plain = {name: numbers.get(name, "") for name in ("unit", "direction", "nature", "definition")}
    names = ("accumulation", "target_year", "baseline_year", "baseline_value", "baseline_quote", "frequency")
    plain |= {name: first[name] for name in (*names, "due_month", "usual_publisher", "continues") if name in first}
    plain["component"] = parts
    plain["target_text"] = "，".join(part.get("target_text", "") for part in parts)
    plain["path"] = " ".join(f"{year}:{value}" for year, value in first.get("target_path", {}).items())
    return {"target_year": year, "nature": "expected", "frequency": "year", "accumulation": "level"} | plain
