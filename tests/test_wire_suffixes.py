"""Hosts under the rules of the Public Suffix List."""

from pathlib import Path

import pytest
from publicsuffixlist import PSLFILE, PublicSuffixList

from harinspect.wire.url import is_public_suffix, registrable_domain


@pytest.mark.parametrize("host", ["com", "co.uk", "github.io", "s3.amazonaws.com", "COM", "com.", "xn--p1ai"])
def test_public_suffixes(host):
    assert is_public_suffix(host)


@pytest.mark.parametrize("host", ["example.com", "me.github.io", "1.2.3.4", "", "."])
def test_no_public_suffixes(host):
    assert not is_public_suffix(host)


@pytest.mark.parametrize("label", ["uk", "us", "jp", "xn--p1ai", "hk", "test"])
def test_all_rules_of_a_top_level_domain_are_known(label):
    whole = PublicSuffixList()
    rules = {line.split()[0] for line in Path(PSLFILE).read_text("utf-8").splitlines() if line.split()}
    hosts = [f"a.b.{rule.strip('!*.')}" for rule in rules if rule.endswith(f".{label}") and rule.isascii()]
    for host in [f"a.b.{label}", *hosts]:
        assert registrable_domain(host) == whole.privatesuffix(host)


def test_no_host_has_no_registrable_domain():
    assert registrable_domain("") == ""
