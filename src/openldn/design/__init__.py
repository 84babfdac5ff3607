"""Virtual people: diaries made from a plan, with the truth written beside them."""

from openldn.design.simulate import Simulated, simulate

__all__ = ["Simulated", "simulate"]
