"""The widgets that screens share: lists, bars, tabs; they draw frozen values and post messages."""
