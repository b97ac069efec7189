"""What people do in conversations, one file a kind of thing. The page that holds it all is in `web`."""
