"""Pure code of capture, without rows: how a draft cites, what a preview says, the process that rewrites."""
