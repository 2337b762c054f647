from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "indicators"
    verbose_name = "指标"

    def ready(self):
        # Models can be imported only now.
        from indicators.queries import day_statuses, only_indicators, rule_version_on
        from indicators.searching import SOURCES
        from indicators.shown.readers import SCALES, states_by_code
        from plan.exports.register import rule_readers
        from plan.kinds import Kind, lists, pages
        from plan.queries import StatusReader, status_readers
        from plan.readers import scales, verdict_readers
        from plan.searching import finders

        pages[Kind.INDICATOR], lists[Kind.INDICATOR] = "indicators:detail", "indicators:index"
        reader = StatusReader(only_indicators, day_statuses)
        if reader not in status_readers:
            status_readers.append(reader)
        if states_by_code not in verdict_readers:
            verdict_readers.append(states_by_code)
        scales += [scale for scale in SCALES if scale not in scales]
        if SOURCES not in finders:
            finders.append(SOURCES)
        if rule_version_on not in rule_readers:
            rule_readers.append(rule_version_on)
