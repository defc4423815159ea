"""The chat page: talk on the left, the campaign on the right. It speaks to the same API as any other client."""
