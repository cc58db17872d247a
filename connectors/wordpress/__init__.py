"""WordPress as a CMS and knowledge base: posts and pages as articles, media as pictures and videos."""
