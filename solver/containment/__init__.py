"""Containment: which crossings units close in time so that a fleeing car is enclosed; see ``docs/containment.md``."""
