"""The built-in programmes and the cards they share: package data, read by bot.programmes.loader."""
