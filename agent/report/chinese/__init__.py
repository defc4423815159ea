"""What the tools say, in Chinese: a file of phrases for each part of the plan."""
