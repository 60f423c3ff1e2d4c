//! The hostile app of `tests/hostile-app`, carried in the program, and how it is laid out for a run.

use std::path::Path;
use std::{fs, io};

use serde_json::json;

use super::sink::Sink;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../tests/hostile-app/", $path)))),*]
    };
}

/// The app's files.
const FILES: &[(&str, &str)] = files![
    "mutiny.json",
    "index.html",
    "style.css",
    "main.js",
    "report.js",
    "storms.js",
    "worker.js",
    "classic-worker.js",
    "attempts/bridge.js",
    "attempts/command-lists.js",
    "attempts/commands.js",
    "attempts/devices.js",
    "attempts/documents.js",
    "attempts/elements.js",
    "attempts/files.js",
    "attempts/gestures.js",
    "attempts/loads.js",
    "attempts/names.js",
    "attempts/navigations.js",
    "attempts/storage.js",
    "attempts/workers.js",
    "frames/empty.html",
    "frames/entity.xml",
    "frames/loads.html",
    "frames/loads.js",
    "frames/refresh.html",
    "frames/refresh.js",
    "frames/way-out.js",
    "frames/way-out.pdf",
    "frames/way-out.svg",
    "frames/way-out.xml",
    "frames/way-out.xsl",
];

/// The file that tells the app what there is to attack.
pub(crate) const TARGETS: &str = "sink.json";

/// Writes the app into `folder`, which is there.
pub(crate) fn lay_out(folder: &Path, sink: &Sink) -> io::Result<()> {
    for (path, content) in FILES {
        let file = folder.join(path);
        if let Some(parent) = file.parent() {
            fs::create_dir_all(parent)?;
        }
        // Some of these cannot run a script that would ask where the sink is.
        fs::write(file, content.replace("{{http}}", &http(sink)))?;
    }
    Ok(())
}

/// Tells the app what there is to attack: the sink, another instance, and names below a `zone` that somebody answers for.
pub(crate) fn aim(folder: &Path, sink: &Sink, neighbour: &str, zone: Option<&str>) -> io::Result<()> {
    let targets = json!({
        "http": http(sink),
        "http6": sink.address6().map(|address| format!("http://{address}")),
        "tcp": sink.address().to_string(),
        "neighbour": neighbour,
        "zone": zone,
    });
    fs::write(folder.join(TARGETS), targets.to_string())
}

fn http(sink: &Sink) -> String {
    format!("http://{}", sink.address())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use serde_json::Value;

    use super::*;

    /// The files below `folder`, but for what is for people.
    fn files(folder: &Path, prefix: &str, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                files(&entry.path(), &format!("{path}/"), found);
            } else if path != "README.md" {
                found.insert(path);
            }
        }
    }

    #[test]
    fn the_program_carries_the_whole_app() {
        let mut found = BTreeSet::new();
        files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile-app"), "", &mut found);
        assert_eq!(FILES.iter().map(|(path, _)| (*path).to_owned()).collect::<BTreeSet<_>>(), found);
    }

    type Commands<'t> = BTreeSet<&'t str>;

    /// What the app tries, without the comments.
    fn tried() -> String {
        let (_, lists) = FILES.iter().find(|(path, _)| *path == "attempts/command-lists.js").unwrap();
        let code = lists.lines().filter(|line| !line.trim_start().starts_with("//"));
        code.collect::<Vec<_>>().join("\n")
    }

    /// The commands in the list of this name.
    fn list<'t>(tried: &'t str, name: &str) -> Commands<'t> {
        let (_, list) = tried.split_once(&format!("{name} = [")).unwrap();
        list.split_once("];").unwrap().0.split('\'').skip(1).step_by(2).collect()
    }

    /// The commands in the table of this name, by plugin.
    fn table<'t>(tried: &'t str, name: &str) -> BTreeMap<&'t str, Commands<'t>> {
        let (_, table) = tried.split_once(&format!("{name} = {{")).unwrap();
        let entries = table.split_once("\n};").unwrap().0.split(',').filter_map(|entry| entry.split_once(':'));
        entries
            .map(|(plugin, commands)| {
                let bare = |text: &'t str| text.trim().trim_matches(['\'', '`']);
                (bare(plugin), bare(commands).split_whitespace().collect())
            })
            .collect()
    }

    /// The commands that somebody can be allowed, by plugin, in what Tauri goes by when it decides.
    fn built(manifests: &Value) -> BTreeMap<&str, Commands<'_>> {
        let plugins = manifests.as_object().unwrap().iter();
        plugins.map(|(plugin, manifest)| (plugin.as_str(), of(manifest))).collect()
    }

    fn of(manifest: &Value) -> Commands<'_> {
        let permissions = manifest["permissions"].as_object().unwrap().values();
        let allowed = permissions.flat_map(|permission| permission["commands"]["allow"].as_array().unwrap());
        allowed.map(|command| command.as_str().unwrap()).collect()
    }

    #[test]
    fn the_app_knows_every_command_that_there_is() {
        let manifests = serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/acl-manifests.json"))).unwrap();
        let (built, tried) = (built(&manifests), tried());
        let (core, plugins) = (table(&tried, "core"), table(&tried, "plugins"));
        assert!(
            !built["core:window"].is_empty()
                && core.keys().all(|plugin| built.contains_key(&*format!("core:{plugin}")))
        );
        for (plugin, commands) in built {
            match plugin.strip_prefix("core:") {
                Some(plugin) => assert_eq!(core.get(plugin), Some(&commands), "Tauri's own {plugin}"),
                None if plugin == "launcher" || plugin == "ask" => assert_eq!(list(&tried, plugin), commands),
                // Has no commands itself, and is what every app may call.
                None if plugin == "core" || plugin == "instance" => {}
                None => assert_eq!(plugins.get(plugin), Some(&commands), "the plugin {plugin}"),
            }
        }
    }
}
