//! Ctrl+R and F5 load an app's page again, as they do in a browser: who changes a file wants to see it.
//!
//! The host takes these keys before the page does, so they also help where a page listens to nothing any more.

use tauri::WebviewWindow;

/// Has the window's page load again by key.
#[cfg(target_os = "linux")]
pub(crate) fn by_key(window: &WebviewWindow) -> tauri::Result<()> {
    use gtk::glib::Propagation;
    use gtk::prelude::WidgetExt;
    use webkit2gtk::WebViewExt;

    window.with_webview(|webview| {
        webview.inner().connect_key_press_event(|page, key| {
            if !is_meant(key.keyval(), key.state()) {
                return Propagation::Proceed;
            }
            page.reload();
            Propagation::Stop
        });
    })
}

/// Elsewhere the web engine does it, or nobody does.
#[cfg(not(target_os = "linux"))]
pub(crate) fn by_key(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

#[cfg(target_os = "linux")]
fn is_meant(key: gtk::gdk::keys::Key, held: gtk::gdk::ModifierType) -> bool {
    use gtk::gdk::ModifierType;
    use gtk::gdk::keys::constants;

    // Of what may be held down, the locks mean nothing here.
    let held = held & (ModifierType::CONTROL_MASK | ModifierType::SHIFT_MASK | ModifierType::MOD1_MASK);
    match key {
        constants::F5 => held.is_empty(),
        constants::r | constants::R => held == ModifierType::CONTROL_MASK,
        _ => false,
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use gtk::gdk::ModifierType;
    use gtk::gdk::keys::constants;

    use super::is_meant;

    #[test]
    fn the_keys_of_a_browser_are_meant_and_no_others() {
        let (none, control) = (ModifierType::empty(), ModifierType::CONTROL_MASK);
        assert!(is_meant(constants::F5, none));
        assert!(is_meant(constants::r, control));
        assert!(is_meant(constants::R, control | ModifierType::LOCK_MASK), "with the caps lock on");
        for (key, held) in [
            (constants::r, none),
            (constants::F5, control),
            (constants::R, control | ModifierType::SHIFT_MASK),
            (constants::r, ModifierType::MOD1_MASK),
            (constants::F4, none),
        ] {
            assert!(!is_meant(key, held), "{key:?} {held:?}");
        }
    }
}
