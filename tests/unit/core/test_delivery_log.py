"""The log of deliveries as an answer: whole where it fits, and never larger than an answer may be."""

from __future__ import annotations

import json
from dataclasses import replace

from roomwright.dialects.deliveries import MOST, fitting
from roomwright.dialects.manage import webhooks_mapping
from roomwright.domain.delivery import MAX_ATTEMPTS, MAX_SAID
from tests.fakes import make


def test_what_fits_is_shown_whole() -> None:
    log = [webhooks_mapping.delivery(make.delivery(make.job(), attempts=(make.attempt(url="https://new.example/"),)))]
    assert fitting(log) == log
    assert log[0]["attempts"][0]["url"] == "https://new.example/"


def test_a_page_of_the_largest_deliveries_fits_with_the_last_word_of_each() -> None:
    said = "\N{LATIN SMALL LETTER A WITH DIAERESIS}" * (MAX_SAID // 2)
    url = "https://x.example/" + "p" * 2000
    attempts = tuple(make.attempt(n, response_excerpt=said, url=url) for n in range(1, MAX_ATTEMPTS + 1))
    largest = replace(make.delivery(make.job()), url=url, attempts=attempts)
    log = [webhooks_mapping.delivery(largest)] * 100
    assert len(json.dumps(log)) > MOST
    shown = fitting(log)
    assert len(json.dumps(shown)) <= MOST
    assert len(shown) == 100
    assert [len(entry["attempts"]) for entry in shown] == [MAX_ATTEMPTS] * 100
    assert shown[0]["attempts"][-1]["response_excerpt"] == said
    assert shown[0]["attempts"][0]["response_excerpt"] == ""
