"""One call of `irrvit-export`: what was asked, who does it, where it is put and how it is told."""
