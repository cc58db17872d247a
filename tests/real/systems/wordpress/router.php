<?php
// For PHP's own server: files as they are, everything else through WordPress.
$path = realpath($_SERVER['DOCUMENT_ROOT'] . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
if ($path && is_file($path) && str_starts_with($path, realpath($_SERVER['DOCUMENT_ROOT']))) {
    return false;
}
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
