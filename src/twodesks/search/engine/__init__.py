"""Search without rows: words as they are compared, texts cut into passages, rankings fused, words marked."""
