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
    ana.app().click("button", button);
    let chooser = ana.question();
    chooser.click("radio", "Ben").leave_by("button", "Ask Ben to connect");
    ben.launcher().accept_invitation_to(name, "Ana");
    (ana, ben)
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
        await new Promise(requestAnimationFrame);
    }
    pen('pointerup', 0.8);
    return true";

/// How many of the points along that line have blue ink on them.
const INK: &str = "
    const board = document.getElementById('board');
    const points = Array.from({ length: 59 }, (_, step) => Math.round(board.width * (0.21 + step / 100)));
    return points.map((x) => board.getContext('2d').getImageData(x, board.height / 2, 1, 1).data).filter(
        ([red, , blue, ink]) => ink > 0 && blue > red).length";

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

#[test]
fn a_file_survives_the_death_of_the_receiver_half_way_and_is_saved() {
    let (ana, ben) = connected("apps/file-drop", "File drop", "Invite someone");
    ana.app().shows("combobox", "To");
    let hash = ana.app().asks(CHOOSE).expect("it is chosen");
    ana.app().says("photo.jpg · 3.0 MB").says("Waiting for Ben to accept");
    ben.app().click("button", "Accept photo.jpg");
    ben.kill_9();
    ana.launcher().sees_offline("Ben");
    ana.app().picture("app-file-drop");
    ben.start();
    ben.launcher().open("File drop");
    // Whether the click was on the disk when it died, only the disk knows.
    let offered = "return document.querySelector('[aria-label=\"Accept photo.jpg\"]') !== null ||
        /Receiving|From Ana/.test(document.body.innerText)";
    ben.app().until("show the file", offered, json!([]));
    let accept = "document.querySelector('[aria-label=\"Accept photo.jpg\"]')?.click(); return true";
    assert_eq!(ben.app().asks(accept), Ok(json!(true)));
    ana.app().says("Ben has it");
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
