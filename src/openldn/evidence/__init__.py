"""What is known about LDN outside this one person: conditions, and later studies and claims."""

from openldn.evidence.conditions import Condition, Question, catalogue, find, nearest

__all__ = ["Condition", "Question", "catalogue", "find", "nearest"]
