//! `window.mutiny`, asked in a real window by an app that is a folder with one page.

use std::fs;

use crate::harness::{Host, Page};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The page of an app called `notes`, newly opened on a host.
pub(super) fn open_notes<'h>(host: &'h Host, folder: &TempDir) -> Page<'h> {
    let notes = folder.path().join("notes");
    fs::create_dir(&notes).expect("a folder");
    fs::write(notes.join("index.html"), "<!doctype html><title>Notes</title><h1>Nothing noted</h1>").expect("a page");
    host.open(notes.to_str().expect("a path in UTF-8"));
    let page = host.app();
    page.shows("heading", "Nothing noted");
    page
}

#[test]
fn a_folder_with_one_page_opens_under_the_folder_s_name() {
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    let notes = open_notes(&ana, &folder);
    let app = notes.asks("return (await mutiny.instance).app").expect("an answer");
    assert_eq!(app["name"], "notes");
    assert_eq!(app["version"], "0.0.0");
    assert_eq!(app["permissions"], json!([]));
    ana.launcher().lists_app("notes");
}

#[test]
fn the_first_start_can_open_an_app_as_well() {
    let ana = Host::new("ana");
    ana.start_with(&["open", "apps/ping"]);
    ana.app().shows("heading", "People");
    ana.launcher().lists_app("Ping");
}

#[test]
fn a_message_over_the_limit_is_refused_before_it_is_stored() {
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    let notes = open_notes(&ana, &folder);
    let refusal = notes
        .asks("return mutiny.send(await mutiny.instance, 'x'.repeat((await mutiny.limits).messageBytes + 1))")
        .expect_err("too large");
    assert_eq!(refusal["code"], "TooLarge");
    assert!(refusal["message"].as_str().is_some_and(|text| text.contains("Send it in parts.")), "{refusal}");
    assert_eq!(notes.asks("return mutiny.read()").expect("an answer"), Value::Null);
}

#[test]
fn a_message_to_an_unknown_instance_ends_in_a_failure_notice() {
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    let notes = open_notes(&ana, &folder);
    let message = notes
        .asks("return mutiny.send({ peer: (await mutiny.peer).id, instance: crypto.randomUUID() }, 'Anyone?')")
        .expect("it is stored all the same");
    let notice = notes.asks("for await (const entry of mutiny) return entry").expect("a notice");
    assert_eq!(notice["kind"], "failure");
    assert_eq!(notice["message"], message);
    assert_eq!(notice["reason"], "unknown-instance");
    assert_eq!(notice["outcome"], "not-delivered");
    let status = notes.asks(&format!("return mutiny.status({message})")).expect("an answer");
    assert_eq!(status, json!({ "state": "failed", "reason": "unknown-instance", "outcome": "not-delivered" }));
}

#[test]
fn an_app_sees_of_each_message_when_it_is_tried_next_and_why_it_failed() {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    let link = ben.launcher().contact_link();
    let peer = ben.launcher().id();
    ben.terminate();
    ana.launcher().add_person(&link);
    let folder = TempDir::new().expect("a temporary folder");
    let notes = open_notes(&ana, &folder);
    let sends = |options: &str| {
        let send =
            format!("return mutiny.send({{ peer: '{peer}', instance: crypto.randomUUID() }}, 'Hello', {options})");
        notes.asks(&send).expect("it is stored")
    };
    let waiting = sends("{}");
    let asks_until_it_knows = format!(
        "for (;;) {{
             const status = await mutiny.status({waiting});
             if (status.state !== 'queued' || status.nextTry > Date.now()) return status;
             await new Promise((done) => setTimeout(done, 20));
         }}"
    );
    let status = notes.asks(&asks_until_it_knows).expect("where it stands");
    assert_eq!((&status["state"], &status["online"]), (&json!("queued"), &json!(false)));

    let heard = "window.heard = []; mutiny.on('delivery', ({ id, state, reason, outcome }) => heard.push({ id, state, reason, outcome }))";
    notes.asks(heard).expect("it listens");
    let late = sends("{ deadline: 1 }");
    let ended = json!({ "id": late, "state": "failed", "reason": "expired", "outcome": "not-delivered" });
    notes.until("hear why a message failed", "return heard.length ? true : null", json!([]));
    assert_eq!(notes.asks("return heard").expect("what it heard"), json!([ended]));
    let status = notes.asks(&format!("return mutiny.status({late})")).expect("an answer");
    assert_eq!(status, json!({ "state": "failed", "reason": "expired", "outcome": "not-delivered" }));
    let notice = notes.asks("for await (const entry of mutiny) return entry").expect("a notice");
    assert_eq!(
        (&notice["message"], &notice["reason"], &notice["outcome"]),
        (&late, &status["reason"], &status["outcome"])
    );
}

/// A page with one mistake of each kind. Its first script notes down what the console says.
const MISTAKES: [(&str, &str); 4] = [
    (
        "index.html",
        r#"<!doctype html>
<title>Mistakes</title>
<script src="console.js"></script>
<h1>Mistakes</h1>
<script>document.title = 'it ran'</script>
<img src="pictures/Near.png" alt="" onerror="document.title = 'it ran'" />
<script type="module" src="main.js"></script>
<script type="module" src="broken.js"></script>
"#,
    ),
    ("console.js", "window.said = [];\nconsole.error = (...words) => said.push(words.join(' '));\n"),
    (
        "main.js",
        "fetch('http://127.0.0.1:9/').catch(() => {});\nnew Image().src = 'http://127.0.0.1:9/far.png';\nmutiny.status('nonsense');\n",
    ),
    ("broken.js", "import './gone.js';\n"),
];

/// Whether one line of the console has all these words. What it has instead is for the message of a test that fails.
const SAYS: &str = "
    const words = [...arguments];
    if (said.some((line) => words.every((word) => line.includes(word)))) return true;
    throw new Error(said.join('\\n'))";

#[test]
fn the_console_says_what_was_refused_why_and_what_to_do() {
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    for (name, content) in MISTAKES {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    ana.open(folder.path().to_str().expect("a path in UTF-8"));
    let page = ana.app();
    for words in [
        json!([
            "[Refused]: A script that is written into the page was not run (the entry page, line 5)",
            "Put it into a file"
        ]),
        json!(["[Refused]: An “on…” attribute was not run (the entry page, line 6)", "addEventListener()"]),
        json!([
            "[Refused]: http://127.0.0.1:9",
            "not loaded as a picture (main.js, line 2)",
            "Put the file into the app's folder"
        ]),
        json!(["[Refused]: A connection to http://127.0.0.1:9", "(main.js, line 1)", "mutiny.send()"]),
        json!(["[NoSuchFile]: There is no “pictures/Near.png”", "<img> in the entry page"]),
        json!(["[Unusable]: “broken.js” is there", "a file that it imports is missing"]),
        json!([
            "Uncaught MutinyError [InvalidArgument]: The message is not an id. Pass the id exactly as the API gave it."
        ]),
    ] {
        page.until(&format!("say {words} in its console"), SAYS, words);
    }
    let lines = page.asks("return said.length").expect("a number");
    assert_eq!(lines, 7, "{:#}", page.asks("return said").expect("lines"));
    assert_eq!(page.asks("return document.title").expect("a title"), "Mistakes");
}
