"""Pure code of notifications: kinds and defaults, hours, mail headers, what a reply by e-mail says. No rows."""
