from django.apps import AppConfig

from plan import converters, kinds

Kind = kinds.Kind


class PlanConfig(AppConfig):
    name = "plan"
    verbose_name = "规划"

    def ready(self):
        from accounts.forms import plan_lists

        converters.register()
        plan_lists.append(self.plan_names)
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

    def plan_names(self) -> list[tuple[str, str]]:
        """Every plan by its address, for whoever limits roles to some of them."""
        return [(row.slug, row.short_label) for row in self.get_model("Plan").objects.all()]
