from django.db import migrations

# What a new draft replaced is kept as a step of no edition (assessments.chapters.BEFORE).
BEFORE = "起草前的正文"


def count_editions(apps, schema_editor):
    """Each step but those of what a draft replaced raised the chapter's edition by one."""
    steps = apps.get_model("assessments", "ChapterStep").objects
    chapter, edition, changed = None, 0, []
    for step in steps.order_by("chapter_id", "id").only("chapter_id", "action", "reason", "edition").iterator():
        if step.chapter_id != chapter:
            chapter, edition = step.chapter_id, 0
        if step.action == "drafted" and step.reason == BEFORE:
            continue
        edition += 1
        step.edition = edition
        changed.append(step)
    steps.bulk_update(changed, ["edition"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("assessments", "0010_editions_and_pages")]
    operations = [migrations.RunPython(count_editions, migrations.RunPython.noop)]
