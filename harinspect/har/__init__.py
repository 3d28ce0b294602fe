"""HAR files (http://www.softwareishard.com/blog/har-12-spec/): the only room that knows JSON shapes and exporters."""

from harinspect.har.load import load, load_all

__all__ = ["load", "load_all"]
