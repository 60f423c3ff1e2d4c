//! The apps that come along, each between two people.

use std::fs;

use crate::harness::{Host, type_into_window};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Ana and Ben with an app of this repository (or one at an absolute path) open on both, connected by a click on `button`.
pub(super) fn connected(app: &str, name: &str, button: &str) -> (Host, Host) {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().set_name("Ana");
    ben.launcher().set_name("Ben");
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    ana.open(app);
    ben.open(app);
    connect(&ana, "Ana", &ben, "Ben", name, button);
    (ana, ben)
}

/// One, in whose app a click on `button` invites, gets to another who is online and has the app open.
#[track_caller]
fn connect(one: &Host, name_of_one: &str, other: &Host, name_of_other: &str, app: &str, button: &str) {
    one.app().click("button", button);
    let chooser = one.question();
    chooser.click("radio", name_of_other).leave_by("button", &format!("Ask {name_of_other} to connect"));
    other.launcher().accept_invitation_to(app, name_of_one);
}

#[test]
fn a_poll_counts_both_and_reaches_who_was_away() {
    let (ana, ben) = connected("apps/poll", "Poll", "Invite someone");
    // The Return key, as WebDriver knows it.
    ana.app()
        .says("With Ben")
        .fill("Question", "Where shall we eat?")
        .fill("Answers, one a line", "Pizza\u{e007}Noodles");
    ana.app().click("button", "Ask everybody").shows("article", "Where shall we eat?");
    ben.app().within("article", "Where shall we eat?").says("Ana asked").click("button", "Noodles 0");
    let of_ana = ana.app().within("article", "Where shall we eat?");
    of_ana.says("1 answer").click("button", "Noodles 1");
    ben.app().within("article", "Where shall we eat?").says("You, Ana").shows("button", "Noodles 2");

    // Ben is away while Ana changes her mind.
    ben.kill_9();
    of_ana.click("button", "Pizza 0").shows("button", "Noodles 1");
    ben.start();
    ben.launcher().open("Poll");
    ben.app().within("article", "Where shall we eat?").shows("button", "Pizza 1").shows("button", "Noodles 1");
    ben.app().picture("app-poll");
}

/// Every poll as it can be read, by question: its answers with how many chose them.
const POLLS: &str = "
    return Object.fromEntries([...document.querySelectorAll('article')].map((it) => [
        it.querySelector('h2').innerText,
        [...it.querySelectorAll('button')].map((answer) => answer.innerText.trim().replace(/\\s+/g, ' '))]))";

/// Asks a question from a window of the poll.
#[track_caller]
fn ask(host: &Host, question: &str, answers: [&str; 2]) {
    host.app().fill("Question", question).fill("Answers, one a line", &answers.join("\u{e007}"));
    host.app().click("button", "Ask everybody").shows("article", question);
}

/// Chooses an answer, or takes it back, in a window of the poll.
#[track_caller]
fn choose(host: &Host, question: &str, answer: &str) {
    host.app().within("article", question).click("button", answer);
}

#[test]
fn a_poll_of_three_ends_up_the_same_though_two_never_meet_and_all_were_away_in_turn() {
    let (dinner, film) = ("Where shall we eat?", "Which film?");
    let (ana, ben) = connected("apps/poll", "Poll", "Invite someone");
    let cleo = Host::started("cleo");
    cleo.launcher().set_name("Cleo");
    ben.launcher().add_person(&cleo.launcher().contact_link()).sees_online("Cleo");
    cleo.open("apps/poll");
    connect(&ben, "Ben", &cleo, "Cleo", "Poll", "Invite someone");
    cleo.app().says("With Ben");
    ask(&ana, dinner, ["Pizza", "Noodles"]);
    cleo.app().shows("article", dinner);

    // Ben, over whom all news goes, is away while the others choose, ask, and change their minds.
    ben.kill_9();
    choose(&ana, dinner, "Pizza 0");
    choose(&ana, dinner, "Noodles 0");
    ask(&cleo, film, ["Short", "Long"]);
    choose(&cleo, dinner, "Noodles 0");
    choose(&cleo, film, "Long 0");
    ana.app().until_equal("count herself", POLLS, &json!({ dinner: ["Pizza 0", "Noodles 1"] }));
    ben.start();
    ben.launcher().open("Poll");
    let news = json!({ dinner: ["Pizza 0", "Noodles 2"], film: ["Short 0", "Long 1"] });
    for host in [&ana, &ben, &cleo] {
        host.app().until_equal("have all news", POLLS, &news);
    }

    // Then the ends are away, one after the other, and each hears what it missed.
    ana.kill_9();
    choose(&ben, dinner, "Pizza 0");
    choose(&cleo, dinner, "Noodles 2");
    ben.app().until_equal(
        "hear Cleo",
        POLLS,
        &json!({ film: ["Short 0", "Long 1"], dinner: ["Pizza 1", "Noodles 1"] }),
    );
    cleo.kill_9();
    choose(&ben, film, "Short 0");
    cleo.start();
    cleo.launcher().open("Poll");
    ana.start();
    ana.launcher().open("Poll");
    choose(&ana, film, "Long 1");
    let end = json!({ film: ["Short 1", "Long 2"], dinner: ["Pizza 1", "Noodles 1"] });
    for host in [&ana, &ben, &cleo] {
        host.app().until_equal("end up the same", POLLS, &end);
    }
}

#[test]
fn news_in_the_middle_of_a_click_does_not_take_it_away() {
    let (ana, ben) = connected("apps/poll", "Poll", "Invite someone");
    ask(&ana, "Where shall we eat?", ["Pizza", "Noodles"]);
    ben.app().shows("article", "Where shall we eat?");
    let of_ana = ana.app().within("article", "Where shall we eat?");
    of_ana.click_while("button", "Pizza 0", || {
        choose(&ben, "Where shall we eat?", "Pizza 0");
        of_ana.shows("button", "Pizza 1");
    });
    of_ana.shows("button", "Pizza 2");
}

#[test]
fn tic_tac_toe_is_won_and_refuses_what_the_rules_do_not_allow() {
    let (ana, ben) = connected("apps/tic-tac-toe", "Tic-tac-toe", "Invite someone to play");
    let begins = "return /^Your turn/.test(document.querySelector('#status').innerText) ? 1 :
        /turn$/.test(document.querySelector('#status').innerText) ? 2 : null";
    let first = ana.app().until("know whose turn it is", begins, json!([]));
    let (first, second) = if first == json!(1) { (&ana, &ben) } else { (&ben, &ana) };

    // A page that means no good takes a second turn at once; the other side refuses it and nothing changes.
    first.app().click("button", "Row 1, column 1: free");
    second.app().shows("button", "Row 1, column 1: X").says("Your turn: you are O");
    let cheat = "const [to] = await mutiny.invitations(); return mutiny.send(to, { game: 0, move: 1, cell: 8 })";
    first.app().asks(cheat).expect("it is sent");
    second
        .app()
        .says("sent a move against the rules: it is not the turn of X")
        .shows("button", "Row 3, column 3: free");
    first.app().says("refused your move");

    for (side, cell) in [(second, "Row 1, column 2"), (first, "Row 2, column 1"), (second, "Row 1, column 3")] {
        side.app().click("button", &format!("{cell}: free"));
        let other = if std::ptr::eq(side, first) { second } else { first };
        other.app().says("Your turn");
    }
    first.app().click("button", "Row 3, column 1: free").says("You won!").picture("app-tic-tac-toe");
    second.app().says("won").click("button", "Play again");
    second.app().says("Your turn: you are X").click("button", "Row 2, column 2: free");
    first.app().shows("button", "Row 2, column 2: X");
}

/// Draws a line across the board with a pen of the script's.
const DRAW: &str = "
    const board = document.getElementById('board');
    const { left, top, width, height } = board.getBoundingClientRect();
    const pen = (type, share) => board.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, button: 0, clientX: left + width * share, clientY: top + height / 2, bubbles: true }));
    pen('pointerdown', 0.2);
    for (let step = 1; step <= 60; step += 1) {
        pen('pointermove', 0.2 + step / 100);
        // A pen moves more often than the page is painted.
        if (step % 6 === 0) await new Promise(requestAnimationFrame);
    }
    pen('pointerup', 0.8);
    return true";

/// How many of the points along that line have blue ink on them.
const INK: &str = "
    const board = document.getElementById('board');
    // Read in one go: every reading waits for the whole board to be painted.
    const { data } = board.getContext('2d').getImageData(0, board.height / 2, board.width, 1);
    const points = Array.from({ length: 59 }, (_, step) => 4 * Math.round(board.width * (0.21 + step / 100)));
    return points.filter((at) => data[at + 3] > 0 && data[at + 2] > data[at]).length";

#[test]
fn what_one_draws_on_the_whiteboard_both_see() {
    let (ana, ben) = connected("apps/whiteboard", "Whiteboard", "Invite someone");
    ana.app().says("With Ben");
    ben.app().says("With Ana");
    ana.app().click("radio", "Colour blue").click("radio", "Marker");
    assert_eq!(ana.app().asks(DRAW), Ok(json!(true)));
    ben.app().until_equal("show the line", INK, &json!(59));
    ben.app().picture("app-whiteboard");

    // The host is closed and opened again: the board is as it was.
    ben.kill_9();
    ana.app().click("button", "Undo").until_equal("be empty", INK, &json!(0));
    assert_eq!(ana.app().asks(DRAW), Ok(json!(true)));
    ben.start();
    ben.launcher().open("Whiteboard");
    ben.app().until_equal("show the second line", INK, &json!(59));
}

/// Chooses a file of 3 MB, as the system's dialog would.
const CHOOSE: &str = "
    const bytes = new Uint8Array(3_000_000).map((_, i) => i * 31 + i / 1000);
    const files = new DataTransfer();
    files.items.add(new File([bytes], 'photo.jpg'));
    const input = document.getElementById('files');
    input.files = files.files;
    input.dispatchEvent(new Event('change'));
    const hash = await crypto.subtle.digest('SHA-256', bytes);
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('')";

/// Notes which parts of a file are read to be sent. The sixth waits, until `window.goOn()` has the reading fail that once.
const HOLD_AFTER_FIVE_PARTS: &str = "
    const slice = Blob.prototype.slice;
    let held = true;
    window.partsSent = [];
    const failing = new Promise((_, reject) => {
        window.goOn = () => {
            held = false;
            reject(new Error('held'));
        };
    });
    Blob.prototype.slice = function (start, end, type) {
        const part = start / (256 * 1024);
        if (held && part >= 5) return { arrayBuffer: () => failing };
        window.partsSent.push(part);
        return slice.call(this, start, end, type);
    };
    return true";

#[test]
fn a_file_goes_on_where_it_was_when_the_receiver_died_half_way_and_is_saved() {
    let (ana, ben) = connected("apps/file-drop", "File drop", "Invite someone");
    ana.app().shows("combobox", "To");
    assert_eq!(ana.app().asks(HOLD_AFTER_FIVE_PARTS), Ok(json!(true)));
    let hash = ana.app().asks(CHOOSE).expect("it is chosen");
    ana.app().says("photo.jpg · 3.0 MB").says("Waiting for Ben to accept");
    ben.app().click("button", "Accept photo.jpg");

    // Five of twelve parts are on Ben's disk when his host dies, and no more were sent.
    ben.app().says("Receiving from Ana · 41 %");
    ana.app().says("Sending to Ben · 41 %").picture("app-file-drop");
    ben.kill_9();
    ana.launcher().sees_offline("Ben");
    assert_eq!(ana.app().asks("window.goOn(); return window.partsSent"), Ok(json!([0, 1, 2, 3, 4])));

    ben.start();
    ben.launcher().open("File drop");
    ana.app().says("Ben has it");
    // Each part was sent once: none that had arrived was sent again.
    assert_eq!(ana.app().asks("return window.partsSent"), Ok(json!((0..12).collect::<Vec<_>>())));
    ben.app().says("From Ana").click("button", "Save photo.jpg");

    let folder = TempDir::new().expect("a temporary folder");
    let place = folder.path().join("photo.jpg");
    type_into_window("Save a file from File drop", place.to_str().expect("a path in UTF-8"), &["Return"]);
    let saved = crate::harness::poll(|| match fs::read(&place) {
        Ok(bytes) if bytes.len() == 3_000_000 => Ok(bytes),
        other => Err(format!("{:?}", other.map(|bytes| bytes.len()))),
    });
    assert_eq!(Value::from(sha256(&saved.expect("the file"))), hash);
}

fn sha256(bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
