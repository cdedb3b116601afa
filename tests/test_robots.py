from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.robots import LONGEST_DELAY, NOTHING, parse_robots

AGENT = "ShezuCorpusFetch"


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /search", "/search/list?x=1", False),
        ("User-agent: *\nDisallow: /search", "/law", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.docx$", "/files/1.docx", False),
        ("User-agent: *\nDisallow: /*.docx$", "/files/1.docx?x", True),
        ("User-agent: *\nDisallow: /*/pc", "/download/pc?format=docx", False),
        ("User-agent: other\nDisallow: /\n\nUser-agent: *\nDisallow: /b", "/a", True),
        ("User-agent: shezucorpusfetch\nDisallow: /x\n\nUser-agent: *\nDisallow: /", "/a", True),
        ("User-agent: a\nUser-agent: *\nDisallow: /a # all of it", "/a", False),
        ("Disallow: /\nUser-agent: *\nAllow: /", "/a", True),
        ("User-agent: *\nDisallow: /%E6%B3%95", "/法", False),
        ("<!DOCTYPE html><html>user-agent</html>", "/a", True),
    ],
)
def test_the_longest_rule_of_our_group_decides(robots, path, allowed):
    assert parse_robots(robots, AGENT).allows(path) is allowed


def test_a_wish_for_more_time_is_kept_up_to_a_limit():
    assert parse_robots("User-agent: *\nCrawl-delay: 7.5\n", AGENT).delay == 7.5
    assert parse_robots("User-agent: *\nCrawl-delay: 86400\n", AGENT).delay == LONGEST_DELAY
    assert parse_robots("User-agent: *\nCrawl-delay: soon\n", AGENT).delay == 0


def test_nothing_means_nothing():
    assert not NOTHING.allows("/")
    assert not NOTHING.allows("/robots")


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_file_is_read_and_any_path_judged(robots, path):
    assert parse_robots(robots, AGENT).allows("/" + path) in (True, False)
