//! Tells Tauri where the capabilities are and which commands the inlined plugins have.

use std::process::ExitCode;

use tauri_build::{Attributes, DefaultPermissionRule, InlinedPlugin};

const LAUNCHER: &[&str] = &[
    "me",
    "set_name",
    "peers",
    "add_contact",
    "instances",
    "add_app",
    "pick_folder",
    "open_instance",
    "rename_instance",
    "remove_instance",
    "invitations",
    "accept_invitation",
    "decline_invitation",
    "watch",
    "usable",
    "settings",
    "set_settings",
    "damage",
    "damage_seen",
    "open_guide",
    "activity",
    "own_messages",
    "withdraw",
    "withdraw_all",
    "retry",
    "pick_package",
    "another_instance",
    "update_app",
    "restore_app",
    "show_files",
    "permissions",
    "set_permission",
    "get_app",
    "cancel_transfer",
    "transfers",
    "correspondents",
    "computer",
    "set_autostart",
    "restart_instance",
    "contact_offer",
    "block_peer",
    "unblock_peer",
    "add_friend",
    "remove_friend",
    "rename_peer",
    "failures",
    "failures_seen",
    "app_icon",
    "window_icon",
    "offers",
];

// Not `app`: Tauri has a plugin of that name, which would take this one's place.
const INSTANCE: &[&str] = &[
    "introduction",
    "invite",
    "correspondents",
    "peers",
    "send",
    "read",
    "next",
    "status",
    "watch",
    "save",
    "announce",
    "announcements",
    "notify",
];

/// What the host's own questions above an app's window call. No app may: it would answer them itself.
const ASK: &[&str] = &["question", "candidates", "me", "refuse", "allow", "choose", "watch", "icon"];

/// What the inspector of `mutiny dev` calls.
const INSPECTOR: &[&str] = &[
    "session",
    "timeline",
    "payload",
    "set_peer",
    "set_link",
    "lose",
    "introduce",
    "kill",
    "restart",
    "show",
    "tools",
    "accept",
    "decline",
    "save",
    "watch",
];

/// What pages under `mutiny dev` call besides. No page of any other program may.
const PAGE: &[&str] = &["tell"];

fn plugin(commands: &'static [&'static str]) -> InlinedPlugin {
    InlinedPlugin::new().commands(commands).default_permission(DefaultPermissionRule::AllowAllCommands)
}

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=src-tauri/capabilities");
    // The capability files pair each plugin with the windows that may call it. Commands declared any other way
    // (as the application's own) would make Tauri write a `permissions` folder at the root.
    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*.json")
        .plugin("launcher", plugin(LAUNCHER))
        .plugin("instance", plugin(INSTANCE))
        .plugin("ask", plugin(ASK))
        .plugin("inspector", plugin(INSPECTOR))
        .plugin("page", plugin(PAGE));
    match tauri_build::try_build(attributes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error:#}");
            ExitCode::FAILURE
        }
    }
}
