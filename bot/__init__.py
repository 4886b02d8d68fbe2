"""Handrail: supervision and mentoring programmes in Slack. `bot.app` is the composition root."""
