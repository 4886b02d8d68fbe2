"""Every word, block and form the bot shows."""
