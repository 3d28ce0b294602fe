"""What goes over the wire, as the standards say it. Knows nothing of HAR."""
