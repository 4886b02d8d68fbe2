"""From a due row to a message in Slack, once."""
