"""What reading tells about connections and links: health and problems, written off the request's path."""
