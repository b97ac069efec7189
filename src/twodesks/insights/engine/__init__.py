"""Pure code of insights, without rows: words in, merging, differences, freshness, a first draft from speech."""
