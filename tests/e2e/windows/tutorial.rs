//! The tutorial, followed to the letter: what it says is typed into a terminal and into files, and two people use what comes
//! of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::harness::window::Manager;
use crate::harness::{Host, Terminal, skipped};

const TUTORIAL: &str = include_str!("../../../docs/tutorial.md");

/// What a reader does with a block of code.
#[derive(Debug, PartialEq, Eq)]
enum Block<'t> {
    /// Types it into the terminal.
    Commands(&'t str),
    /// Makes it the content of a file in the folder for apps.
    File { path: &'t str, content: &'t str },
    /// Finds each of its lines in what the commands before it printed.
    Output(&'t str),
}

/// The blocks of a text, each with the heading it stands under. There is no block that nobody knows what to do with.
fn blocks(text: &str) -> Vec<(&str, Block<'_>)> {
    let mut found = Vec::new();
    let mut heading = "";
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        rest = after;
        if let Some(words) = line.strip_prefix("## ") {
            heading = words;
        } else if let Some(head) = line.strip_prefix("```") {
            let (content, after) = rest.split_once("```\n").expect("the end of the block");
            rest = after;
            found.push((heading, block(head, content)));
        } else {
            assert!(!line.trim_start().starts_with("```"), "a block that is not at the beginning of its line: {line}");
        }
    }
    found
}

fn block<'t>(head: &'t str, content: &'t str) -> Block<'t> {
    match head.split(' ').collect::<Vec<_>>()[..] {
        ["sh"] => Block::Commands(content),
        ["text", "output"] => Block::Output(content),
        [_, file] if file.starts_with("file=") => Block::File { path: &file["file=".len()..], content },
        _ => panic!("what is a reader to do with a block of “{head}”?"),
    }
}

/// Somebody who follows the tutorial, in one terminal.
struct Reader {
    terminal: Terminal,
    left: std::vec::IntoIter<(&'static str, Block<'static>)>,
    printed: String,
}

impl Reader {
    fn new(terminal: Terminal) -> Self {
        Self { terminal, left: blocks(TUTORIAL).into_iter(), printed: String::new() }
    }

    /// Does everything that is to be typed under the next heading, which is this one.
    #[track_caller]
    fn follows(&mut self, heading: &str) {
        let mut done = 0;
        while let Some((under, _)) = self.left.as_slice().first()
            && *under == heading
        {
            let (_, block) = self.left.next().expect("a block");
            done += 1;
            match block {
                Block::Commands(commands) => self.printed = self.terminal.types(commands),
                Block::File { path, content } => fs::write(self.apps().join(path), content).expect("a file"),
                Block::Output(lines) => {
                    for line in lines.lines() {
                        assert!(self.printed.lines().any(|it| it == line), "“{line}” is not in:\n{}", self.printed);
                    }
                }
            }
        }
        assert!(done > 0, "the next block does not stand under “{heading}”, but: {:?}", self.left.as_slice().first());
    }

    /// The folder that the tutorial has its reader make.
    fn apps(&self) -> std::path::PathBuf {
        self.terminal.path("mutiny-apps")
    }
}

/// The list as it can be read, with a tick at what was bought.
const LIST: &str = "
    return [...document.querySelectorAll('#list li')].map((it) =>
        (it.querySelector('input').checked ? '✓ ' : '') + it.innerText.trim())";

#[test]
fn who_follows_the_tutorial_ends_with_the_app_it_promises() {
    let desktop = Manager::start();
    let (ana, ben) = (Host::new("ana"), Host::new("ben"));
    let mut reader = Reader::new(Terminal::of(&[&ana, &ben]));

    reader.follows("1. Mutiny in a terminal");
    reader.follows("2. A folder that runs");
    reader.terminal.brings_up_windows_of(&ana);
    ana.app().shows("heading", "Shopping").says("Nobody is connected yet.");

    reader.follows("3. A page of your own");
    desktop.press("ctrl+r", "Shopping");
    ana.app().shows("button", "Share with someone");
    ana.app().until("have begun", "return document.getElementById('add').onsubmit !== null", json!([]));
    ana.app().fill("What to buy", "Bread").click("button", "Add").says("Bread");

    reader.follows("4. Somebody to share it with");
    desktop.press("ctrl+r", "Shopping");
    ana.app().until("have begun", "return document.getElementById('invite').onclick !== null", json!([]));
    ana.app().says("Bread");

    reader.follows("5. Two people on one computer");
    reader.terminal.brings_up_windows_of(&ben);
    ben.app().shows("button", "Share with someone");
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    ana.app().click("button", "Share with someone");
    ana.question().click("radio", "Ben").leave_by("button", "Ask Ben to connect");
    ben.launcher().accept_invitation_to("Shopping", "Ana");
    ben.app().says("Shared with Ana").says("Bread");
    ben.app().fill("What to buy", "Butter").click("button", "Add");
    ana.app().says("Shared with Ben").says("Butter");

    reader.follows("6. Being away");
    ana.launcher().sees_offline("Ben");
    ana.app().fill("What to buy", "Milk").click("button", "Add").says("Milk").picture("tutorial");

    reader.follows("7. Coming back");
    reader.terminal.brings_up_windows_of(&ben);
    ben.app().until_equal("have the whole list", LIST, &json!(["Bread", "Butter", "Milk"]));

    reader.follows("8. One file for others");
    assert!(reader.apps().join("shopping-1.0.0.zip").is_file());
    assert_eq!(reader.left.as_slice(), [], "blocks that nobody typed");
    an_editor_finds_nothing_wrong(&reader.apps().join("shopping"));
}

/// The folder's own settings have TypeScript's compiler check the code.
fn an_editor_finds_nothing_wrong(app: &Path) {
    let compiler = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/.bin/tsc");
    if !compiler.exists() {
        return skipped("the types of what the tutorial has its reader type", "`npm ci` installs the compiler");
    }
    let output = Command::new(compiler).args(["-p", "jsconfig.json"]).current_dir(app).output().expect("the compiler");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[should_panic(expected = "what is a reader to do with a block of “js”?")]
fn a_block_that_says_nothing_of_what_it_is_for_fails() {
    blocks("text\n```js\nlet x;\n```\n");
}
