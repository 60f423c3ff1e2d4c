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
    use std::collections::BTreeSet;

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

    /// The entries of the list that begins with `start`.
    fn list<'t>(text: &'t str, start: &str, quote: char) -> BTreeSet<&'t str> {
        let list = text.split_once(start).unwrap().1.split_once("];").unwrap().0;
        list.split(quote).skip(1).step_by(2).collect()
    }

    #[test]
    fn the_app_knows_every_command_of_the_launcher_and_of_questions() {
        let built = include_str!("../../build.rs");
        let tried = FILES.iter().find(|(path, _)| *path == "attempts/command-lists.js").unwrap().1;
        assert_eq!(list(tried, "launcher = [", '\''), list(built, "LAUNCHER: &[&str] = &[", '"'));
        assert_eq!(list(tried, "ask = [", '\''), list(built, "ASK: &[&str] = &[", '"'));
    }
}
