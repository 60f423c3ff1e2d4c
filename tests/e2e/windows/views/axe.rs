//! What axe-core finds in each view and dialog, in the real web engine: nothing that is serious or critical. It does not see
//! what is cut off at an edge; so that is looked for as well.

use std::path::Path;

use serde_json::{Value, json};

use super::scene::{Scene, Who};
use super::tour::{Shape, TOUR, Window};
use crate::harness::Page;

/// axe-core, as npm installed it.
fn source() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error} (npm ci installs it)", file.display()))
}

/// Looks at the page as it is.
const LOOK: &str = "
    await Promise.allSettled(document.getAnimations().map((it) => it.finished));
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    const serious = violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, help, nodes }) =>
            `${id}: ${help}: ${nodes.map((it) => `${it.html.slice(0, 200)} (${it.any[0]?.message ?? ''})`).join(' | ')}`);
    const dialogs = [...document.querySelectorAll('[role=dialog], [role=alertdialog], [role=menu]')];
    const wide = [document.scrollingElement, document.querySelector('main'), ...dialogs]
        .filter((it) => it && it.scrollWidth > it.clientWidth + 1)
        .map((it) => `cut off: ${it.tagName} [${it.role}] holds ${it.scrollWidth} px in ${it.clientWidth}`);
    const beyond = dialogs
        .map((it) => [it.role, it.getBoundingClientRect()])
        .filter(([, at]) => at.top < 0 || at.left < 0 || at.bottom > innerHeight + 1 || at.right > innerWidth + 1)
        .map(([role, at]) => `cut off: a ${role} from ${at.left}, ${at.top} to ${at.right}, ${at.bottom}`);
    return [...serious, ...wide, ...beyond];";

/// Dark colours are those of the system's dark theme: the same rules, whatever the system says.
const DARK: &str = "
    for (const sheet of document.styleSheets)
        for (const rule of sheet.cssRules)
            if (rule.media?.mediaText.includes('prefers-color-scheme')) rule.media.mediaText = arguments[0];
    document.documentElement.style.colorScheme = arguments[1];
    return true;";

pub(in crate::windows) fn colours(page: &Page<'_>, dark: bool) {
    // The words stay in the condition, by which the rule is found again.
    let (media, scheme) = match dark {
        true => ("all, (prefers-color-scheme: dark)", "dark"),
        false => ("not all, (prefers-color-scheme: dark) and (max-width: 1px)", "light"),
    };
    page.until("change its colours", DARK, json!([media, scheme]));
}

pub(in crate::windows) fn problems(page: &Page<'_>) -> Vec<String> {
    if page.asks("return typeof axe") == Ok(json!("undefined")) {
        page.until("load axe-core", &format!("{}; return true", source()), json!([]));
    }
    match page.asks(LOOK) {
        Ok(Value::Array(found)) => found.iter().map(|it| it.as_str().unwrap_or_default().to_owned()).collect(),
        other => panic!("axe-core said {other:?}"),
    }
}

/// Looks at all of the tour in one shape of the window.
fn tour(scene: &Scene, name: &str, shape: Shape, dark: bool, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let dress = |page: &Page<'_>| {
        colours(page, dark);
        let size = "document.documentElement.style.fontSize = arguments[0]; return true";
        page.until("change the size of its text", size, json!([text]));
    };
    for host in scene.cast() {
        let launcher = host.launcher();
        // A notice of what was done before fades away while it is looked at.
        host.launcher().is_quiet();
        Window::Launcher.shape(launcher.page(), shape);
        dress(launcher.page());
    }
    for stop in TOUR.iter().filter(|stop| stop.is_in(scene)) {
        stop.visit(scene, |page| {
            if stop.window != Window::Launcher {
                stop.window.shape(page, shape);
                dress(page);
            }
            found.extend(problems(page).into_iter().map(|problem| format!("{} ({name}): {problem}", stop.name)));
        });
    }
    found
}

/// An image without words: axe-core is to find it, or it finds nothing at all.
const MISTAKE: &str = "document.body.insertAdjacentHTML('beforeend', '<img id=mistake src=\"data:,\">'); return true";

/// Something wider than any window, which is to be found as well.
const WIDE: &str = "
    const it = Object.assign(document.createElement('div'), { id: 'mistake', textContent: 'Wide' });
    it.style.minWidth = '9999px';
    document.querySelector('main').append(it);
    return true";

/// In light and dark, wide and narrow, at 200 % (which leaves half the width), and with letters twice as large.
fn axe_goes_through(scene: &Scene) {
    let mut found = Vec::new();
    for (name, shape, dark, text) in [
        ("light", Shape::Own, false, ""),
        ("narrow and dark", Shape::Narrow, true, ""),
        ("at 200 %", Shape::Half, false, ""),
        ("dark, with large letters", Shape::Own, true, "200%"),
    ] {
        found.extend(tour(scene, name, shape, dark, text));
    }
    found.sort();
    assert!(found.is_empty(), "{} problems:\n{}", found.len(), found.join("\n"));
}

#[test]
fn axe_finds_nothing_serious_in_any_view_or_dialog() {
    let scene = Scene::new();
    let zoe = scene.host(Who::Zoe).launcher();
    zoe.page().until("make a mistake", MISTAKE, json!([]));
    assert!(problems(zoe.page()).iter().any(|problem| problem.starts_with("image-alt")), "axe-core sees nothing");
    let mend =
        || drop(zoe.page().until("mend it", "document.getElementById('mistake').remove(); return true", json!([])));
    mend();
    zoe.page().until("make another", WIDE, json!([]));
    assert!(problems(zoe.page()).iter().any(|problem| problem.starts_with("cut off")), "what is cut off is not seen");
    mend();
    scene.ask();
    axe_goes_through(&scene);
}

#[test]
fn axe_finds_nothing_serious_where_things_are_odd() {
    axe_goes_through(&Scene::odd());
}
