"""Markers: the comments `callmend: left, ...` above calls that are left."""
