//! Contact links: how one gives one's own away, and those that will not do.

use serde_json::json;

use crate::harness::{Host, Page};

/// The link in words, as it can be selected.
#[track_caller]
fn in_words(page: &Page<'_>) -> String {
    let field = "return document.querySelector('[aria-label=\"Contact link\"]')?.value";
    page.until("show the link in words", field, json!([])).as_str().expect("a link").to_owned()
}

#[test]
fn ones_own_link_is_in_words_and_in_a_code_wherever_it_is_given_away() {
    let ana = Host::started("ana");
    let link = ana.launcher().contact_link();
    for view in ["People", "Settings"] {
        let launcher = ana.launcher();
        let page = launcher.go_to(view).page();
        page.until(
            "bring the code into sight",
            "const code = document.querySelector('main [role=img]'); code?.scrollIntoView({ block: 'center' }); return !!code",
            json!([]),
        );
        assert_eq!((in_words(page), page.scanned()), (link.clone(), link.clone()), "{view}");
    }
    ana.open_chat().page().click("button", "New conversation");
    let question = ana.question();
    question.says("Nobody here yet");
    assert_eq!((in_words(&question), question.scanned()), (link.clone(), link));
}

#[test]
fn a_malformed_contact_link_is_explained_and_changes_nothing() {
    let ana = Host::started("ana");
    for link in ["hello", "https://example.org/", "mutiny:", "mutiny:12D3KooWnotapeer"] {
        ana.launcher().refuses_to_add(link, "This is not a contact link");
    }
    ana.launcher().page().says("Nobody here yet");
}

#[test]
fn ones_own_contact_link_is_recognised() {
    let ana = Host::started("ana");
    let own = ana.launcher().contact_link();
    ana.launcher().refuses_to_add(&own, "This is your own contact link.");
    ana.launcher().page().says("Nobody here yet");
}
