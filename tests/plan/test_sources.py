"""One source, however its title is spelled."""

import importlib

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from plan.models import Source
from texts.names import title_key

TITLE = "深圳市2024年国民经济和社会发展统计公报（初步核算数）"
LOOK_ALIKES = [
    "深圳市2024年国民经济和社会发展统计公报(初步核算数)",
    "深圳市２０２４年国民经济和社会发展统计公报（初步核算数）",
    "深圳市\u00a02024\u00a0年国民经济和社会发展统计公报（初步核算数）",
    "深圳市\u200b2024年国民经济和社会发展统计公报（初步核算数）",
    "深圳市2024年　国民经济和社会发展统计公报（ 初步核算数 ）",
    "深圳市2024年国民经济和社会发展统计公报（初步核算数）。",
    "深圳市2024年国民经济和社会发展统计公报(初步核算数).",
    "《深圳市2024年国民经济和社会发展统计公报（初步核算数）》",
    "“深圳市2024年国民经济和社会发展统计公报（初步核算数）”",
]


@pytest.mark.parametrize("title", LOOK_ALIKES)
def test_a_look_alike_is_the_same_source(db, title):
    first = Source.objects.keep(TITLE, publisher="市统计局")
    assert Source.objects.keep(title, publisher="别处") == first
    assert first.title == TITLE
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.create(title=title, url="")
    with pytest.raises(IntegrityError), transaction.atomic():
        Source.objects.bulk_create([Source(title=title, url="")])


def test_other_titles_and_other_addresses_are_other_sources(db):
    first = Source.objects.keep(TITLE)
    assert Source.objects.keep(TITLE.replace("2024", "2023")) != first
    assert Source.objects.keep(TITLE, "https://tjj.sz.gov.cn/1") != first


def test_look_alikes_from_before_the_rule_stay_apart(db):
    migration = importlib.import_module("plan.migrations.0008_source_rank_and_key")
    first = Source.objects.create(title=TITLE)
    second = Source.objects.create(title="x")
    # As rows stood before: keys empty, so nothing told them to be one.
    Source.objects.filter(pk=first.pk).update(key="a")
    Source.objects.filter(pk=second.pk).update(title=LOOK_ALIKES[0], key="b")
    migration.give_keys(apps, None)
    first, second = Source.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk")
    assert first.key == title_key(TITLE) != second.key
    # Saving one again, for a rank or an address, finds nothing in its way.
    second.rank = Source.Rank.REPOST
    second.save()
    assert Source.objects.keep(TITLE) == first


def test_keys_from_before_titles_lost_their_marks_are_made_anew(db):
    migration = importlib.import_module("plan.migrations.0019_titles_without_their_marks")
    alone = Source.objects.create(title="市统计公报。")
    first, second = Source.objects.create(title=TITLE), Source.objects.create(title="x")
    # As rows stood before: a full stop told titles apart.
    Source.objects.filter(pk=alone.pk).update(key="a")
    Source.objects.filter(pk=second.pk).update(title=f"{TITLE}。", key="b")

    migration.give_keys(apps, None)

    assert Source.objects.keep("《市统计公报》") == alone
    assert Source.objects.keep(f"{TITLE}。") == first
    assert Source.objects.get(pk=second.pk).key != first.key
    second.refresh_from_db()
    second.save()
