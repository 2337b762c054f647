"""What is wrong with a file of figures: the reasons of `tables.faults`, and those of headings, rows and cells."""

from django.utils.translation import gettext_lazy as _

from indicators.models import Observation
from tables.faults import REASONS, BrokenFile, Fault, add_reasons, broken

__all__ = ["REASONS", "WARNINGS", "BrokenFile", "Fault", "broken"]

# Why a figure stands out: a question to whoever takes it, and no fault.
WARNINGS = frozenset({"large_change", "unusual_change", "outside_percent", "year_not_over", "far_off"})

_FIGURES = {
    "gone": _("上传的文件已不在服务器上；请重新上传"),
    "from_demo": _("文件来自演示系统，其中的数是虚构的，不能导入正式规划"),
    # The heading row
    "unknown_heading": _("不认识的列名；可用：%(names)s"),
    "relative_heading": _("是哪一年，表上没有写明；请把列名改成年份，例如 2024年"),
    "unknown_heading_near": _("不认识的列名，最接近的是 %(near)s；可用：%(names)s"),
    "missing_column": _("缺少这一列"),
    "double_heading": _("列名重复"),
    "missing_everywhere": _("文件中没有这一项，也没有为整份文件指定；请指定后再读"),
    # A row
    "cell_count": _("有 %(found)s 格，列名有 %(wanted)s 个"),
    "other_plan": _("不是这一规划：%(slug)s"),
    "no_component": _("没有这一分项；可用：%(codes)s"),
    "unnamed_row": _("没有写是哪一项指标；名称只写在第一行的，请逐行填上"),
    "other_indicator": _("分项 %(component)s 属于指标 %(code)s"),
    "other_unit": _("单位应为 %(unit)s；请先换算"),
    "no_source": _("没有来源的数不收；请写明来源"),
    "no_reason": _("不采用的数须写明理由"),
    "no_bound": _("只有下限、上限表述才有不含本数之说"),
    "not_done": _("这一目标只问是否完成：填 1（已完成）或 0（未完成）"),
    "not_by_file": _("不采用的数不能由文件导入；请删去这一行"),
    "too_long": _("至多 %(limit)s 字，现有 %(found)s 字"),
    "text_nul": _("第 %(place)s 个字是空字符；请删去后重新上传"),
    "text_half": _("第 %(place)s 个字不完整；请重新输入这个字"),
    "text_lost": _("第 %(place)s 个字是乱码“�”，原来的字已丢失；请重新输入这个字"),
    "text_override": _("第 %(place)s 个字会颠倒文字方向，看到的与保存的不一样；请删去后重新上传"),
    "bad_address": _("应为 http:// 或 https:// 开头的网址，或留空"),
    # A cell
    "year": _("应为四位年份，例如 2023"),
    "relative_label": _("是哪一年，表上没有写明；请改成年份，例如 2024年"),
    "short_year": _("年份只写了两位；请写四位，例如 2023"),
    "year_range": _("年份应在 1949 与 %(last)s 之间"),
    "year_after_release": _("数据年份晚于公布日期"),
    "date": _("应为日期，例如 2024-01-29"),
    "date_serial": _("像是 Excel 的日期序号；请把这一列设为日期格式后再存，或写成 2024-01-29"),
    "future": _("公布日期晚于今天"),
    "choice": _("应为其中之一：%(options)s"),
    # Asked about: a cell can be meant in several ways
    "raised": _("单元格含上标或下标，像是脚注号：连同它读作“%(all)s”，不含它是“%(bare)s”"),
    "struck": _("单元格含划掉的字：连同它们读作“%(all)s”，不含它们是“%(bare)s”"),
    "shown_otherwise": _("单元格存的是 %(read)s，显示为“%(shown)s”"),
    "unsure_look": _("这种文件不说单元格的样式，数以文本存着，可能含上标的脚注号或划掉的字；请核对"),
    "hidden_row": _("这一行在工作簿中是隐藏或筛掉的"),
    "hidden_column": _("这一列在工作簿中是隐藏的"),
    "merged_value": _("合并单元格：一个数对着几行或几列"),
    "in_parens": _("数在括号里“%(text)s”：可能是负数，也可能只是括号"),
    "footnote_mark": _("数后的“%(mark)s”像是脚注号；不含它是“%(bare)s”"),
    "status_mark": _("数后的“%(mark)s”像是数据性质：%(status)s"),
    "about_words": _("这是大约的说法：%(value)s；只显示，不参与判定"),
    "reached_words": _("数前的“%(mark)s”可能是说至少：读作 %(value)s"),
    "bound_words": _("这是上下限的说法：%(precision)s %(value)s"),
    "fraction": _("单位是 %%：%(read)s 也可能是未换算的小数，即 %(percent)s %%"),
    "percent_twice": _("格式是百分比，显示 %(read)s %%；存的是 %(percent)s，也可能就是 %(percent)s %%"),
    "part_in_title": _("表上写着“%(text)s”：这个数是全年的吗？"),
    "part_in_column": _("“%(spell)s”一列写着“%(text)s”：这个数是全年的吗？"),
    "no_part_in_column": _("“%(spell)s”一列空着：这个数是全年的吗？"),
    "day_among_days": _("文件中另有一年之内的日子；“%(text)s”这一天的数是全年的吗？"),
    "label_mark": _("年份后的“%(mark)s”像是脚注号：这个数是 %(year)s 全年的吗？"),
    "relative_year": _("写的是“%(text)s”，按表上的年份算是 %(year)s 年：对吗？"),
    "year_of_title": _("表上没有年份一列，按标题或表名算是 %(year)s 年：对吗？"),
    "year_of_file": _("表上没有年份一列，按文件名算是 %(year)s 年：对吗？"),
    "relative_by_file": _("写的是“%(text)s”，按文件名算是 %(year)s 年：对吗？"),
    "relative_by_day": _("写的是“%(text)s”，表上没有写明年份，按公布（或导入）的前一年算是 %(year)s 年：对吗？"),
    "section": _("上面写着“%(text)s”：这个数是指标本身、全年的数吗？"),
    "unit_said": _("表上写着“%(text)s”：这个数的单位对吗？"),
    "other_in_title": _("表上写着“%(text)s”：这个数是指标本身吗？"),
    "own_place": _("表分几行或几列列出，其中“%(text)s”是本市的数吗？"),
    "apart": _("“%(column)s”一列写着“%(text)s”：要的是这一个数吗？"),
    "which_component": _("“%(name)s”是 %(code)s %(title)s 吗？"),
    # Passed over
    "no_rows": _("列名下面没有数据"),
    "title_row": _("表上的标题或说明"),
    "heading_row": _("表头的另一行"),
    "unit_row": _("单位行"),
    "note_row": _("表下的注释"),
    "no_figures": _("这一行没有数"),
    "not_ours": _("本规划没有叫“%(name)s”的指标"),
    "no_name": _("这一行没有名称"),
    "other_place": _(
        "这是“%(text)s”的数，不是本市的；作对照的其他城市的数随规划文件给出（references.csv），不从这里导入"
    ),
    "other_part": _("这是“%(text)s”的数，不是全市的"),
    "title_names_nothing": _(
        "这里只写了“%(text)s”，标题没有写明是哪一项指标；请在表上方写明指标名，或与地方写在一起"
    ),
    "no_own_row": _("各行分开列出，其中没有本市的一行（全市、本市或合计）；有本市的数，请补上这一行后再读"),
    "no_year_row": _("这一行没有年份"),
    "table_beside": _("右边并排的另一张表没有读；请另存为一张"),
    "table_below": _("下面的另一张表没有读；请另存为一张"),
    "no_heading": _("这一列没有列名"),
    "cell_without_heading": _("%(cell)s 所在的列没有列名，没有读"),
    "column_of_release": _("这一列不读：整批以上面填写的为准"),
    "column_passed": _("这一列不是年份"),
    "other_sheet": _("只读一张工作表；“%(sheet)s”没有读"),
    "hidden_sheet": _("隐藏的工作表“%(sheet)s”没有读；要读，请先取消隐藏"),
    "unseen_look": _(
        "读 .%(format)s 时看不到单元格的格式、划掉的字、上标和隐藏的行列；请与原表核对，或另存为 .xlsx 后再导入"
    ),
    "left_out": _("按您的意思不导入"),
    "empty_result": _("公式的结果是空的"),
    "says_no_figure": _("写明没有数"),
    "sub_annual": _("不是全年的数：只是一年中的一部分，规划按全年的数判定，不取"),
    "part_unclear": _("说不清是不是全年的数；是全年的请写“全年”"),
    "part_or_years": _("是某一月的数或几年的数，不是一年的数"),
    "year_span": _("是几年合计或平均的数"),
    "growth": _("是增速一类的数，不是指标本身"),
    "planned": _("是计划数，不是已公布的数"),
    # A row beside what is stored, and beside the file's other rows
    "stored_otherwise": _(
        "同一来源同一天已有 %(old)s（%(status)s，%(state)s）；已核定的数不改，更正请按新的公布日期另行发布"
    ),
    "against_bound": _("%(year)s 年已公布“%(bound)s”（%(day)s），这个数不在其内：仍要导入吗？"),
    # Stands out: nobody but a person ticks it
    "large_change": _("一年变化超过 50 %%，请核对单位和小数点"),
    "unusual_change": _("与以往各年的变化相差太远（常见范围 %(low)s 至 %(high)s），请核对"),
    "outside_percent": _("百分比一般在 0 到 100 之间，请核对"),
    "year_not_over": _("%(year)s 年在公布时还没有结束，不会是最终核实的数，请核对数据性质和年份"),
    "far_off": _("与 %(year)s 年的 %(value)s 相差一倍以上，请核对单位和小数点"),
    "double_row": _("与第 %(row)s 行重复"),
    "double_place": _("与 %(cell)s 重复"),
    "double_cell": _("与 %(cell)s 同是一个指标、一年的数；只能有一个，请删去或改正另一个"),
}
add_reasons(
    _FIGURES,
    {
        "status": dict(Observation.ValueStatus.choices),
        "state": dict(Observation.State.choices),
        "precision": dict(Observation.Precision.choices),
        "spell": {
            "period": _("时期"),
            "half": _("半年"),
            "quarter": _("季度"),
            "month": _("月份"),
            "frequency": _("频率"),
            "note": _("说明"),
        },
    },
)
