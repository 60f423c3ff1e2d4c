//! The guide for people who write apps.

use crate::harness::Host;

#[test]
fn the_guide_opens_from_the_settings_and_leads_from_page_to_page() {
    let ana = Host::started("ana");
    ana.launcher().go_to("Settings").page().click("button", "Open the guide");
    let guide = ana.guide();
    guide.shows("heading", "Tutorial: a shopping list for two").picture("guide-tutorial");
    guide.within("region", "Guide").click("link", "Recipes");
    guide.shows("heading", "Groups").picture("guide-recipes");
    // Its pages are words, and can call nothing.
    let refusal = guide.asks("return window.__TAURI_INTERNALS__.invoke('plugin:launcher|me')").expect_err("no command");
    assert!(refusal["message"].is_string() || refusal["message"].is_null(), "{refusal}");
}
