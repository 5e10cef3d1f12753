"""Word and Excel files in Chinese, the same to the byte for the same content. The libraries are loaded when asked."""
