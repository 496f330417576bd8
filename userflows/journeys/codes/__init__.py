"""Codes that are typed on a journey: sent within limits, and counted before they are judged."""
