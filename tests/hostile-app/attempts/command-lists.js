// Commands of the host that no app may call: the launcher's, and all of Tauri's own.
//
// A test compares them with all that Tauri could allow somebody in this build (src-tauri/src/doctor/kit.rs).

/** The launcher's plugin. */
export const launcher = [
  'me',
  'set_name',
  'peers',
  'add_contact',
  'instances',
  'add_app',
  'pick_folder',
  'open_instance',
  'rename_instance',
  'remove_instance',
  'invitations',
  'accept_invitation',
  'decline_invitation',
  'watch',
  'usable',
  'open_guide',
  'settings',
  'set_settings',
  'activity',
  'own_messages',
  'withdraw',
  'withdraw_all',
  'retry',
  'pick_package',
  'another_instance',
  'update_app',
  'restore_app',
  'show_files',
  'permissions',
  'set_permission',
  'damage',
  'damage_seen',
  'computer',
  'set_autostart',
  'restart_instance',
  'contact_offer',
  'get_app',
  'cancel_transfer',
  'transfers',
  'correspondents',
  'block_peer',
  'unblock_peer',
  'add_friend',
  'remove_friend',
  'rename_peer',
  'failures',
  'failures_seen',
  'app_icon',
  'window_icon',
  'offers',
];

/** The plugin of the host's own questions: an app that could call it would answer them itself. */
export const ask = ['question', 'candidates', 'me', 'refuse', 'allow', 'choose', 'watch', 'icon'];

/** Tauri's core plugins, by name. */
export const core = {
  path: `resolve_directory resolve normalize join dirname extname basename is_absolute`,
  event: `listen unlisten emit emit_to`,
  window: `
    create get_all_windows scale_factor inner_position outer_position inner_size outer_size
    is_fullscreen is_minimized is_maximized is_focused is_decorated is_resizable is_maximizable
    is_minimizable is_closable is_visible is_enabled title current_monitor primary_monitor
    monitor_from_point available_monitors cursor_position theme is_always_on_top activity_name
    scene_identifier center request_user_attention set_enabled set_resizable set_maximizable
    set_minimizable set_closable set_title maximize unmaximize minimize unminimize show hide close
    destroy set_decorations set_shadow set_effects set_always_on_top set_always_on_bottom
    set_visible_on_all_workspaces set_content_protected set_size set_min_size set_size_constraints
    set_max_size set_position set_fullscreen set_fullscreen_on_monitor set_simple_fullscreen set_focus
    set_focusable set_skip_taskbar set_cursor_grab set_cursor_visible set_cursor_icon
    set_cursor_position set_ignore_cursor_events start_dragging start_resize_dragging set_progress_bar
    set_badge_count set_overlay_icon set_badge_label set_icon set_title_bar_style set_theme
    toggle_maximize set_background_color internal_toggle_maximize`,
  webview: `
    create_webview create_webview_window get_all_webviews webview_position webview_size webview_close
    set_webview_size set_webview_position set_webview_focus set_webview_auto_resize set_webview_zoom
    webview_hide webview_show print reparent clear_all_browsing_data set_webview_background_color
    internal_toggle_devtools`,
  app: `
    version name tauri_version identifier app_show app_hide exit fetch_data_store_identifiers
    remove_data_store default_window_icon set_app_theme set_dock_visibility bundle_type
    register_listener remove_listener supports_multiple_windows`,
  image: `new from_bytes from_path rgba size`,
  resources: `close`,
  menu: `
    new append prepend insert remove remove_at items get popup create_default set_as_app_menu
    set_as_window_menu text set_text is_enabled set_enabled set_accelerator
    set_as_windows_menu_for_nsapp set_as_help_menu_for_nsapp is_checked set_checked set_icon`,
  tray: `
    new get_by_id remove_by_id set_icon set_menu set_tooltip set_title set_visible set_temp_dir_path
    set_icon_as_template set_icon_with_as_template set_show_menu_on_left_click`,
};

/** Tauri's plugins. Those that are built in here serve the host alone; that the others are not is to be seen, too. */
export const plugins = {
  // Those of `mutiny dev`, which no other program has.
  inspector: 'session timeline payload set_peer set_link lose introduce kill restart show tools accept decline save watch',
  page: 'tell',
  fs: 'read_file read_text_file write_file read_dir exists open',
  shell: 'execute spawn open',
  http: 'fetch fetch_send',
  opener: 'open_url open_path reveal_item_in_dir',
  autostart: 'enable disable is_enabled',
  'window-state': 'save_window_state restore_state filename',
  'deep-link': 'get_current register unregister is_registered',
  log: 'log',
  dialog: 'open save message ask confirm',
  notification: 'notify request_permission is_permission_granted',
  process: 'exit restart',
  store: 'load get set',
  sql: 'load execute select',
  updater: 'check download install',
  'clipboard-manager': 'read_text write_text',
  'global-shortcut': 'register',
  'single-instance': 'notify',
};
