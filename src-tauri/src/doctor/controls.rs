//! Which attempts have a control: a test in which walls are down, and they get out (`tests/e2e/windows/hostile.rs`, and
//! `open_doors.rs` beside it): the sink hears of them, a file is there, or the page has what it asked for.
//!
//! Where one of these is stopped, a wall stopped it. Of the others nothing may come for other reasons: the web engine does not
//! do them here, or there is no device. They guard against an engine that one day does.

/// What the sink hears of while neither the policy nor the proxy stands: the attempts that the web engine itself carries out.
/// The others end within the engine (it has no WebRTC, prefetches nothing, and registers no service worker for a scheme of
/// ours), at the doors, or at Tauri's access control.
pub(crate) const LOADED: &[&str] = &[
    "beacon",
    "blank-fetch",
    "blank-written",
    "canvas-pattern",
    "event-source",
    "fetch",
    "fetch-ipv6",
    "fetch-keepalive",
    "fetch-localhost",
    "fetch-no-cors",
    "fetch-post",
    "font",
    "font-face",
    "frame-loads",
    "image",
    "image-ipv6",
    "image-srcset",
    "input-image",
    "link-ping",
    "module-preload",
    "picture",
    "preload",
    "preload-fetch",
    "script",
    "script-import",
    "script-module",
    "srcdoc-image",
    "style-attribute",
    "style-cursor",
    "style-image",
    "style-import",
    "stylesheet",
    "svg-document",
    "svg-filter",
    "svg-image",
    "video",
    "video-poster",
    "websocket",
    "worker-event-source",
    "worker-fetch",
    "worker-import",
    "worker-import-scripts",
    "worker-websocket",
    "worker-xhr",
    "worklet",
    "xhr",
];

/// The same for names to look up, where questions for them are heard.
pub(crate) const LOOKED_UP: &[&str] = &["name-fetch", "name-image", "name-preconnect", "name-websocket"];

/// What it hears of while the doors are open as well: documents within the page that go elsewhere.
pub(crate) const GONE_TO: &[&str] =
    &["embed", "frame-location", "iframe", "iframe-sandbox", "object", "srcdoc-form", "srcdoc-refresh"];

/// The departures of the whole window that it hears of while the doors are open, each from a fresh page of its own: the first
/// that succeeds takes the page away, and whatever comes after it.
pub(crate) const DEPARTED: &[&str] = &[
    "form-get",
    "form-post",
    "frame-takes-top",
    "link",
    "link-download",
    "location-assign",
    "location-href",
    "location-replace",
    "meta-refresh",
    "window-open-self",
];

/// What it hears of while the doors are open, in words that it does not understand: they are encrypted, and carry no name.
pub(crate) const ENCRYPTED: &[&str] = &["fetch-https", "location-https", "websocket-tls"];

/// The new windows that ask the sink for something while the doors are open.
pub(crate) const OPENED: &[&str] = &["form-blank", "link-blank", "window-open", "window-open-named"];

/// The downloads that leave a file while the doors are open. The web engine saves nothing from a scheme of ours.
pub(crate) const SAVED: &[&str] = &["link-download-blob", "link-download-data"];

/// Where the window goes while the doors are open, and no sink could hear of it: places on this machine, and empty pages where
/// there is no such place. The launcher's own page comes last, as it could be taken for the launcher.
pub(crate) const ELSEWHERE: &[&str] = &[
    "location-asset",
    "location-blob",
    "location-ftp",
    "location-ipc",
    "location-neighbour",
    "location-resource",
    "location-tauri",
];

/// What a page gets, and says so, while the doors are open.
pub(crate) const GRANTED: &[&str] = &[
    "bridge-posted-own",
    "camera",
    "clipboard-copy",
    "clipboard-paste",
    "clipboard-read",
    "clipboard-write",
    "geolocation",
    "microphone",
    "window-open-blank",
    "window-open-own",
];

const ALL: [&[&str]; 9] = [LOADED, LOOKED_UP, GONE_TO, DEPARTED, ENCRYPTED, OPENED, SAVED, ELSEWHERE, GRANTED];

/// Whether a control shows that this attempt gets out where walls are down.
pub(crate) fn has(attempt: &str) -> bool {
    ALL.iter().any(|names| names.contains(&attempt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_has_one_control_at_most() {
        let all = ALL.concat();
        for (i, name) in all.iter().enumerate() {
            assert!(has(name) && !all[..i].contains(name), "{name}");
        }
        assert!(!has("webrtc"));
    }
}
