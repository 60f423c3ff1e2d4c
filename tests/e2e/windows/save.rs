//! Saving what an app made, in the host's own dialog.

use std::fs;

use super::app_api::open_notes;
use crate::harness::{Host, picture_of_display, type_into_window, wait_for_window};
use serde_json::json;
use tempfile::TempDir;

const DIALOG: &str = "Save a file from notes";

#[test]
fn the_person_chooses_where_a_file_goes_and_the_app_learns_only_that_it_did() {
    let ana = Host::started("ana");
    let folder = TempDir::new().expect("a temporary folder");
    let notes = open_notes(&ana, &folder);
    let place = folder.path().join("shopping.txt");

    // While the dialog is open, there is no second one.
    let begin = "window.saved = mutiny.save('notes.txt', new Blob(['Milk'])); return true";
    assert_eq!(notes.asks(begin), Ok(json!(true)));
    wait_for_window(DIALOG);
    let refusal = notes.asks("return mutiny.save('other.txt', new Uint8Array(3))").expect_err("one at a time");
    assert_eq!(refusal["code"], "InvalidArgument");
    picture_of_display("save-dialog");

    type_into_window(DIALOG, place.to_str().expect("a path in UTF-8"), &["Return"]);
    assert_eq!(notes.asks("return window.saved"), Ok(json!(true)));
    assert_eq!(fs::read_to_string(&place).expect("the file"), "Milk");

    // A no is heard, and the app cannot ask again at once.
    assert_eq!(notes.asks(begin), Ok(json!(true)));
    type_into_window(DIALOG, "", &["Escape"]);
    assert_eq!(notes.asks("return window.saved"), Ok(json!(false)));
    let refusal = notes.asks("return mutiny.save('notes.txt', new Blob(['Milk']))").expect_err("not so soon");
    assert!(refusal["message"].as_str().is_some_and(|text| text.contains("has just said no")), "{refusal}");
}
