//! Contact links that will not do.

use crate::harness::Host;

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
