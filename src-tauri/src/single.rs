//! One running program a profile: a second start hands its wishes to the first and ends.
//!
//! The first takes a name on the session's D-Bus, a different one for each profile, so that profiles run side by side.
//! Without a D-Bus the second start goes on, and ends at the lock on the profile.

use std::path::{Path, PathBuf};
#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

use mutiny_core::Config;
use sha2::{Digest, Sha256};
use tauri::Wry;
use tauri::plugin::TauriPlugin;
use tokio::sync::mpsc::UnboundedSender;

use crate::cli::Cli;

/// What another start of the program asked of this one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Come to the front.
    Show,
    /// Nothing: it was started to stay hidden, and runs already.
    Stay,
    /// Ask the person whether to add somebody by this contact link.
    Meet(String),
    /// Open the app in this folder.
    Open(PathBuf),
}

/// The plugin that finds the first start, or becomes it. Wishes wait in the queue until the host is ready for them.
pub(crate) fn plugin(config: &Config, wishes: UnboundedSender<Wish>) -> TauriPlugin<Wry> {
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(bus_name(config))
        .callback(move |_, args, cwd| {
            // Fails when this program is closing; the other one has ended by then.
            let _ = wishes.send(wish(args, &cwd));
        })
        .build()
}

/// Hands this start's wish to the program that runs this profile already, if there is one: the same call as the plugin's,
/// made before anything of a window system is loaded. The plugin would end the process in the midst of its threads, and the
/// web engine's way out does not always survive that.
#[cfg(target_os = "linux")]
pub(crate) fn hand_over(config: &Config, cwd: &Path) -> bool {
    // Without a D-Bus, or without anybody of that name on it, this start is the first.
    call(config, cwd).inspect_err(|error| tracing::debug!(%error, "no other start to hand over to")).is_ok()
}

/// The same when the profile turned out to be in use: two were started at once, and the other is about to take its name.
#[cfg(target_os = "linux")]
pub(crate) fn hand_over_late(config: &Config, cwd: &Path) -> bool {
    let deadline = Instant::now() + BEGINNING;
    loop {
        match call(config, cwd) {
            Ok(()) => return true,
            Err(zbus::Error::MethodError(problem, ..)) if Instant::now() < deadline => {
                tracing::debug!(%problem, "the other start is not on the bus yet");
                std::thread::sleep(BETWEEN_CALLS);
            }
            Err(_) => return false,
        }
    }
}

#[cfg(target_os = "linux")]
fn call(config: &Config, cwd: &Path) -> zbus::Result<()> {
    let name = format!("{}.SingleInstance", bus_name(config));
    let path = format!("/{}", name.replace('.', "/").replace('-', "_"));
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let bus = zbus::blocking::connection::Builder::session()?.method_timeout(PATIENCE).build()?;
    let wish = (args, cwd.to_string_lossy());
    bus.call_method(Some(name.as_str()), path.as_str(), Some("org.SingleInstance.DBus"), "ExecuteCallback", &wish)?;
    Ok(())
}

/// Elsewhere the plugin alone can ask.
#[cfg(not(target_os = "linux"))]
pub(crate) fn hand_over(_config: &Config, _cwd: &Path) -> bool {
    false
}

/// Ends the process where the plugin finds the other start.
#[cfg(not(target_os = "linux"))]
pub(crate) fn hand_over_late(config: &Config, _cwd: &Path) -> bool {
    let (wishes, _) = tokio::sync::mpsc::unbounded_channel();
    let built = crate::shell::build(tauri::Builder::default().plugin(plugin(config, wishes)));
    drop(built.inspect_err(|error| tracing::warn!(%error, "the other start cannot be looked for")));
    false
}

/// How long the other program may take to answer.
#[cfg(target_os = "linux")]
const PATIENCE: Duration = Duration::from_secs(10);

/// How long another program that has the profile may take until it can be called.
#[cfg(target_os = "linux")]
const BEGINNING: Duration = Duration::from_secs(5);

#[cfg(target_os = "linux")]
const BETWEEN_CALLS: Duration = Duration::from_millis(50);

fn wish(args: Vec<String>, cwd: &str) -> Wish {
    let Ok(cli) = Cli::of(args) else { return Wish::Show };
    match (cli.place(Path::new(cwd)), cli.contact()) {
        (Some(place), _) => Wish::Open(place),
        (None, Some(link)) => Wish::Meet(link.to_owned()),
        (None, None) if cli.hidden() => Wish::Stay,
        (None, None) => Wish::Show,
    }
}

/// A few letters that tell this profile from those of the same name in other places.
pub(crate) fn short_id(config: &Config) -> String {
    let name = bus_name(config);
    name.get(name.len() - 8..).unwrap_or(&name).to_owned()
}

/// The name on the bus. Profile and data directory go in as a hash, for a name allows only a few characters.
fn bus_name(config: &Config) -> String {
    let mut hash = Sha256::new();
    if let Some(dir) = &config.data_dir {
        let dir = resolved(dir);
        hash.update(dir.as_os_str().as_encoded_bytes());
    }
    hash.update([0]);
    hash.update(&config.profile);
    let id: String = hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    // No part of a name may begin with a digit.
    format!("org.mutiny.host.p{id}")
}

/// The one way to write a folder that may not be there yet: what is there of it resolved, the rest as it is.
fn resolved(dir: &Path) -> PathBuf {
    match (dir.canonicalize(), dir.parent(), dir.file_name()) {
        (Ok(real), ..) => real,
        (Err(_), Some(parent), Some(name)) => resolved(parent).join(name),
        (Err(_), ..) => dir.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn named(profile: &str, data_dir: Option<&Path>) -> String {
        bus_name(&Config {
            profile: profile.into(),
            data_dir: data_dir.map(Into::into),
            listen: Vec::new(),
            mdns: true,
        })
    }

    #[test]
    fn each_profile_has_its_name() {
        let names = [
            named("ana", None),
            named("ben", None),
            named("ana", Some(Path::new("/data"))),
            named("data/ana", Some(Path::new("/"))),
        ];
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{name}");
        }
        assert_eq!(named("ana", None), named("ana", None));
    }

    #[test]
    fn one_directory_has_one_name_however_it_is_written() {
        let dir = tempfile::tempdir().unwrap();
        let detour = dir.path().join(".").join("..").join(dir.path().file_name().unwrap());
        assert_eq!(named("ana", Some(dir.path())), named("ana", Some(&detour)));
    }

    #[cfg(unix)]
    #[test]
    fn a_directory_has_the_same_name_before_it_is_made_and_after() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real"), dir.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let data = link.join("not/yet/there");
        let before = named("ana", Some(&data));
        assert_eq!(before, named("ana", Some(&real.join("not/yet/there"))));
        std::fs::create_dir_all(&data).unwrap();
        assert_eq!(before, named("ana", Some(&data)));
    }

    #[test]
    fn a_name_is_one_that_the_bus_takes() {
        let name = named("a profile's name", Some(Path::new("/päth")));
        assert!(name.len() < 200);
        for part in name.split('.') {
            assert!(part.starts_with(|c: char| c.is_ascii_alphabetic()), "{name}");
            assert!(part.chars().all(|c| c.is_ascii_alphanumeric()), "{name}");
        }
    }

    #[test]
    fn a_second_start_wants_the_first_in_front() {
        assert_eq!(wish(vec!["mutiny".into()], "/home/ana"), Wish::Show);
    }

    #[test]
    fn a_second_start_hands_its_contact_link_on() {
        let args = ["mutiny", "mutiny:12D3KooW"].map(String::from).to_vec();
        assert_eq!(wish(args, "/home/ana"), Wish::Meet("mutiny:12D3KooW".into()));
    }

    #[test]
    fn a_second_start_of_the_session_s_own_changes_nothing() {
        let args = ["mutiny", "--hidden"].map(String::from).to_vec();
        assert_eq!(wish(args, "/home/ana"), Wish::Stay);
    }

    #[test]
    fn a_second_start_hands_its_folder_on() {
        let args = ["mutiny", "open", "chat"].map(String::from).to_vec();
        assert_eq!(wish(args, "/home/ana"), Wish::Open("/home/ana/chat".into()));
    }
}
