"""A simulated year: two hundred people on the offered programmes, each acting as people do, against the local Slack."""
