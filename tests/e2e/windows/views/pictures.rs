//! The pictures of `docs/views.md`: `make views`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use super::axe::colours;
use super::scene::{CRASHED, Scene, Who};
use super::tour::{Shape, TOUR, Window};
use crate::harness::{Page, picture_of_window};

/// Stops that are pictured in dark colours as well.
const DARK: &[&str] = &[
    "apps",
    "people",
    "invitations",
    "invitations-failed",
    "invitations-progress",
    "activity-failed",
    "activity-unreadable",
    "settings",
    "ask-permission",
];

/// Stops that are pictured in a narrow window as well.
const NARROW: &[&str] = &["apps", "people", "invitations", "people-names", "ask-chooser", "ask-permission", "guide"];

/// What differs from run to run is put into words that do not, and nothing blinks: so a picture changes only with what it
/// shows.
const STEADY: &str = r"
    const words = [
        [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '0190a0b0-c0d0-7e0f-8123-456789abcdef'],
        [/No answer (to \d+ attempts|so far)\./g, 'No answer to 3 attempts.'],
        [/Tries again [^.]*\.|Trying now…/g, 'Tries again in 2 minutes.'],
        [/just now|\d+ minutes? ago/g, 'just now'],
        [/[^ ]*\/mutiny-[a-z]+-\w+\/data/g, '/home/ana/.local/share/mutiny'],
        [/damaged-\d+/g, 'damaged-1795393980'],
        [/[\d.]+ \w+ of 8 MB/g, '3.2 MB of 8 MB'],
        [/\/ip4\/127\.[\d.]+\/tcp\/\d{5}\b/g, (address) => `/ip4/192.168.1.20/tcp/${40117 + 305 * nth(address)}`],
    ];
    const seen = [];
    const nth = (address) => seen.includes(address) ? seen.indexOf(address) : seen.push(address) - 1;
    const put = () => {
        const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (texts.nextNode()) {
            const text = words.reduce((text, [found, put]) => text.replace(found, put), texts.currentNode.data);
            if (text !== texts.currentNode.data) texts.currentNode.data = text;
        }
    };
    put();
    // What arrives meanwhile is told at once, and may come between this and the picture.
    window.steady?.disconnect();
    window.steady = new MutationObserver(put);
    window.steady.observe(document.body, { childList: true, characterData: true, subtree: true });
    const still = new CSSStyleSheet();
    still.replaceSync(`* { caret-color: transparent !important; transition: none !important; }
        [role=progressbar] > div { width: 40% !important; }`);
    document.adoptedStyleSheets = [still];
    return true;";

fn file(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/images/views");
    fs::create_dir_all(&folder).expect("a folder for pictures");
    folder.join(name).with_extension("png")
}

/// So many dots may differ by a fifth of their range without anything having changed: the engine draws in tiles, and does not
/// smooth the edges of letters the same way every time.
const NOISE: f64 = 25.0;

/// Saves a picture in place of the one before, unless that shows the same.
fn save(name: &str, png: &[u8]) {
    let (file, fresh) = (file(name), std::env::temp_dir().join(format!("mutiny-view-{}.png", std::process::id())));
    fs::write(&fresh, png).expect("a picture saved");
    let compared =
        Command::new("compare").args(["-metric", "AE", "-fuzz", "20%"]).args([&file, &fresh]).arg("null:").output();
    let compared = compared.expect("compare (Debian's package imagemagick, which `make test` installs)");
    // Pictures of another size, and one that is not there, cannot be compared.
    let differs = String::from_utf8_lossy(&compared.stderr).trim().parse::<f64>().map_or(true, |dots| dots > NOISE);
    if differs {
        fs::copy(&fresh, &file).expect("a picture saved");
    }
    fs::remove_file(&fresh).expect("removed");
}

/// Pictures all of the tour that the scene has and that is wanted, under its names with this ending.
fn pictures(scene: &Scene, shape: Shape, dark: bool, ending: &str, wanted: impl Fn(&str) -> bool) {
    for host in scene.cast() {
        let launcher = host.launcher();
        Window::Launcher.shape(launcher.page(), shape);
        colours(launcher.page(), dark);
        host.launcher().is_quiet();
    }
    let dress = |page: &Page<'_>, window: Window| {
        if window != Window::Launcher {
            window.shape(page, shape);
            colours(page, dark);
        }
    };
    for stop in TOUR.iter().filter(|stop| stop.is_in(scene) && wanted(stop.name)) {
        stop.visit(scene, |page| {
            dress(page, stop.window);
            page.until("hold still", STEADY, json!([]));
            save(&format!("{}{ending}", stop.name), &page.png());
        });
    }
}

#[test]
#[ignore = "writes pictures: make views"]
fn pictures_of_all_views() {
    for set_up in [Scene::odd, Scene::new] {
        let scene = set_up();
        scene.ask();
        pictures(&scene, Shape::Own, false, "", |_| true);
        pictures(&scene, Shape::Own, true, "-dark", |name| DARK.contains(&name));
        pictures(&scene, Shape::Narrow, false, "-narrow", |name| NARROW.contains(&name));
        if scene.find(Who::Mia).is_some() {
            let dialog = picture_of_window(&format!("{CRASHED} stopped working"));
            save("apps-crashed-dialog", &dialog);
        }
    }
}
