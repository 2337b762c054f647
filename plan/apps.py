from django.apps import AppConfig

from plan import converters, kinds

Kind = kinds.Kind


class PlanConfig(AppConfig):
    name = "plan"
    verbose_name = "规划"

    def ready(self):
        converters.register()
        kinds.pages |= {
            Kind.PILLAR: "plan:pillar",
            Kind.INDUSTRY_GROUP: "plan:industry",
            Kind.FUTURE_INDUSTRY: "plan:industry",
            Kind.SAFEGUARD: "plan:safeguard",
        }
        kinds.lists |= {
            Kind.PILLAR: "plan:pillars",
            Kind.INDUSTRY_GROUP: "plan:industries",
            Kind.FUTURE_INDUSTRY: "plan:industries",
            Kind.SAFEGUARD: "plan:safeguards",
        }
