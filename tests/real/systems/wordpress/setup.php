<?php
// Installs a new site: php setup.php FOLDER-OF-WORDPRESS SETTINGS-AS-JSON. Its people, their passwords
// for applications, and the posts that are there only to fill pages.
[, $folder, $given] = $argv;
$settings = json_decode($given, true, 512, JSON_THROW_ON_ERROR);
define('WP_INSTALLING', true);
require $folder . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install('Meridian', 'admin', 'admin@example.test', true, '', 'admin-may-everything');
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', $settings['timezone']); // Its times have no zone: this is the one meant.
foreach (get_posts(['post_type' => ['post', 'page'], 'post_status' => 'any', 'numberposts' => -1]) as $post) {
    wp_delete_post($post->ID, true);
}

update_network_option(get_main_network_id(), WP_Application_Passwords::OPTION_KEY_IN_USE, true);
foreach ($settings['people'] as [$name, $role, $password]) {
    $id = username_exists($name) ?: wp_insert_user(
        ['user_login' => $name, 'user_pass' => wp_generate_password(), 'user_email' => "$name@example.test", 'role' => $role]
    );
    update_user_meta($id, WP_Application_Passwords::USERMETA_KEY_APPLICATION_PASSWORDS, [[
        'uuid' => wp_generate_uuid4(), 'app_id' => '', 'name' => 'Onevoice', 'created' => time(),
        'password' => wp_hash_password($password), 'last_used' => null, 'last_ip' => null,
    ]]);
}

$oldest = strtotime('2026-01-01 12:00:00');
foreach ($settings['notes'] as $number => $title) {
    wp_insert_post([
        'post_title' => $title, 'post_content' => "A note of the front desk, number $number.",
        'post_status' => 'publish', 'post_author' => 1, 'post_date_gmt' => gmdate('Y-m-d H:i:s', $oldest + 3600 * $number),
    ]);
}
flush_rewrite_rules();
