//! Starting with the person's session, hidden in the tray.

use mutiny_core::Config;
use tauri::Wry;
use tauri::plugin::TauriPlugin;

/// The plugin that writes the session's entry: one for each profile, which starts as this program was started.
pub(crate) fn plugin(config: &Config) -> TauriPlugin<Wry> {
    tauri_plugin_autostart::Builder::new().app_name(name(config)).args(arguments(config)).build()
}

/// What the session's list of programs shows, and the name of the entry's file.
fn name(config: &Config) -> String {
    match (config.profile.as_str(), &config.data_dir) {
        ("default", None) => "Mutiny".to_owned(),
        (profile, None) => format!("Mutiny {profile}"),
        // Profiles of one name in different places are different profiles.
        (profile, Some(_)) => format!("Mutiny {profile} {}", crate::single::short_id(config)),
    }
}

fn arguments(config: &Config) -> Vec<String> {
    let mut arguments = vec!["--hidden".to_owned(), "--profile".to_owned(), config.profile.clone()];
    if let Some(dir) = &config.data_dir {
        arguments.extend(["--data-dir".to_owned(), quoted(&dir.to_string_lossy())]);
    }
    for address in &config.listen {
        arguments.extend(["--listen".to_owned(), quoted(address)]);
    }
    if !config.mdns {
        arguments.push("--no-mdns".to_owned());
    }
    arguments
}

/// An argument as an `Exec` line takes it; the plugin joins them with spaces.
/// <https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html>
#[cfg(target_os = "linux")]
fn quoted(argument: &str) -> String {
    if argument.chars().all(|c| c.is_alphanumeric() || "/._-:+,@".contains(c)) {
        return argument.to_owned();
    }
    let mut quoted = String::from('"');
    for c in argument.chars() {
        match c {
            // Once for the quotes, and the backslash itself once more for the file.
            '"' | '`' | '$' => quoted.push_str("\\\\"),
            '\\' => quoted.push_str("\\\\\\"),
            '%' => quoted.push('%'),
            _ => {}
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(not(target_os = "linux"))]
fn quoted(argument: &str) -> String {
    format!("\"{argument}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(profile: &str, data_dir: Option<&str>) -> Config {
        Config { profile: profile.into(), data_dir: data_dir.map(Into::into), listen: Vec::new(), mdns: true }
    }

    #[test]
    fn each_profile_has_an_entry_of_its_own() {
        let names =
            [config("default", None), config("ana", None), config("ana", Some("/a")), config("ana", Some("/b"))]
                .map(|config| name(&config));
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{names:?}");
        }
        assert_eq!(names[0], "Mutiny");
    }

    #[test]
    fn it_starts_as_it_was_started() {
        let alone = Config { mdns: false, listen: vec!["/ip4/127.0.0.1/tcp/0".into()], ..config("ana", Some("/a b")) };
        let arguments = arguments(&alone).join(" ");
        assert_eq!(arguments, "--hidden --profile ana --data-dir \"/a b\" --listen /ip4/127.0.0.1/tcp/0 --no-mdns");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_means_something_to_the_session_is_quoted() {
        assert_eq!(quoted("/a$b"), r#""/a\\$b""#);
        assert_eq!(quoted("50%"), r#""50%%""#);
        assert_eq!(quoted(r"a\b"), r#""a\\\\b""#);
    }
}
