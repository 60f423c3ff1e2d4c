//! The walls around an app's page: what it may load, where it may go, what it may ask for.
//!
//! An app is hostile until shown otherwise. It may reach its own files, its own storage and its own `window.mutiny`.
//! The content security policy stops what a document loads; it says nothing of top-level navigation, of new windows and
//! of downloads, so these have handlers; and behind all of them stands a proxy setting that leads nowhere.

use mutiny_core::csp::CONTENT_SECURITY_POLICY;
use tauri::Url;
use tauri::http::HeaderMap;
use tauri::http::header::{HeaderName, HeaderValue};
use tauri::webview::{DownloadEvent, NewWindowResponse, PermissionResponse, WebviewWindowBuilder};
use tauri::{Manager, WebviewWindow, Wry};
use uuid::Uuid;

use self::down::{Wall, stands};
use crate::label;
use crate::scheme::SCHEME;

mod down;
#[cfg(target_os = "linux")]
mod turns;
#[cfg(target_os = "linux")]
mod webkit;

/// Everything that a page could ask the person's machine for, denied.
const PERMISSIONS_POLICY: &str = "accelerometer=(), ambient-light-sensor=(), attribution-reporting=(), autoplay=(), \
    battery=(), bluetooth=(), browsing-topics=(), camera=(), clipboard-read=(), clipboard-write=(), \
    compute-pressure=(), display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), \
    gyroscope=(), hid=(), identity-credentials-get=(), idle-detection=(), keyboard-map=(), local-fonts=(), \
    magnetometer=(), microphone=(), midi=(), otp-credentials=(), payment=(), picture-in-picture=(), \
    publickey-credentials-create=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
    speaker-selection=(), storage-access=(), usb=(), web-share=(), window-management=(), xr-spatial-tracking=()";

/// On every response to an app's webview, errors included.
const HEADERS: [(&str, &str); 8] = [
    ("content-security-policy", CONTENT_SECURITY_POLICY),
    ("permissions-policy", PERMISSIONS_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("x-dns-prefetch-control", "off"),
    // A folder changes while its developer works on it.
    ("cache-control", "no-store"),
];

/// Where connections to the network end: port 0, on which nothing can ever listen. Were the content security policy
/// to let a request through, the web engine would look for its proxy there and fail.
const NOWHERE: &str = "http://127.0.0.1:0";

/// Adds the headers that every response to an app's webview carries.
pub(crate) fn guard(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        if name == "content-security-policy" && !stands(Wall::Policy) {
            continue;
        }
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

/// Whether an instance's webview may show `url`, in its main frame or any other.
fn is_own(instance: Uuid, url: &Url) -> bool {
    match url.scheme() {
        SCHEME => {
            url.host_str() == Some(instance.to_string().as_str())
                && url.port().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        }
        "about" => matches!(url.path(), "blank" | "srcdoc"),
        _ => false,
    }
}

/// Whether the launcher's webview may show `url`: its own pages, and nothing else.
fn is_launcher(url: &Url) -> bool {
    url.scheme() == "tauri" && url.host_str() == Some("localhost") && url.port().is_none()
}

/// Whether the guide's webview may show `url`: a page of the guide.
fn is_guide(url: &Url) -> bool {
    is_launcher(url) && url.path().starts_with("/guide/")
}

/// Puts the walls around an app's window before it is built.
pub(crate) fn around_app<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
    instance: Uuid,
) -> WebviewWindowBuilder<'a, Wry, M> {
    closed(builder).on_navigation(move |url| is_own(instance, url) || !stands(Wall::Doors))
}

/// Puts the walls around the launcher's window before it is built.
pub(crate) fn around_launcher<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    closed(builder).on_navigation(is_launcher)
}

/// Puts the walls around the guide's window before it is built.
pub(crate) fn around_guide<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    closed(builder).on_navigation(is_guide)
}

/// What all windows have in common: no network, no further windows, no downloads, no permissions.
fn closed<'a, M: Manager<Wry>>(builder: WebviewWindowBuilder<'a, Wry, M>) -> WebviewWindowBuilder<'a, Wry, M> {
    let builder = builder.devtools(cfg!(debug_assertions));
    let builder = if stands(Wall::Doors) {
        builder
            .on_new_window(|_, _| NewWindowResponse::Deny)
            .on_permission_request(|_, _| PermissionResponse::Deny)
            .on_download(|_, event| !matches!(event, DownloadEvent::Requested { .. }))
    } else {
        down::opened(builder)
    };
    match Url::parse(NOWHERE) {
        Ok(nowhere) if stands(Wall::Proxy) => builder.proxy_url(nowhere),
        _ => builder,
    }
}

/// Puts up the walls that are within the web engine, once the window is there and before its page has begun to load.
#[cfg(target_os = "linux")]
pub(crate) fn within(window: &WebviewWindow) -> tauri::Result<()> {
    #[cfg(debug_assertions)]
    if !stands(Wall::Doors) {
        return window.with_webview(|webview| webkit::soften(&webview.inner()));
    }
    let watched = window.clone();
    window.with_webview(move |webview| {
        let webview = webview.inner();
        webkit::harden(&webview);
        if label::instance(watched.label()).is_some() {
            turns::watch(&watched, &webview);
        }
    })
}

/// Puts up the walls that are within the web engine, where it offers any.
#[cfg(not(target_os = "linux"))]
pub(crate) fn within(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0190_a0b0_c0d0_7e0f_8123_4567_89ab_cdef);

    fn own(url: &str) -> bool {
        is_own(ID, &Url::parse(url).unwrap())
    }

    #[test]
    fn an_app_goes_where_it_belongs() {
        for url in [
            "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef",
            "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef/",
            "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef/a/b.html?c=d#e",
            "about:blank",
            "about:srcdoc",
            "about:blank#top",
        ] {
            assert!(own(url), "{url}");
        }
    }

    #[test]
    fn an_app_goes_nowhere_else() {
        for url in [
            "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdee/",
            "mutiny-app://0190A0B0-C0D0-7E0F-8123-456789ABCDEF/",
            "mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef:80/",
            "mutiny-app://ana@0190a0b0-c0d0-7e0f-8123-456789abcdef/",
            "mutiny-app://ana:pw@0190a0b0-c0d0-7e0f-8123-456789abcdef/",
            "mutiny-app:0190a0b0-c0d0-7e0f-8123-456789abcdef",
            "mutiny-app:/0190a0b0-c0d0-7e0f-8123-456789abcdef/",
            "http://0190a0b0-c0d0-7e0f-8123-456789abcdef/",
            "https://example.org/",
            "http://127.0.0.1:4001/",
            "tauri://localhost/",
            "ipc://localhost/plugin:launcher%7Cme",
            "file:///etc/passwd",
            "data:text/html,hello",
            "blob:mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef/x",
            "javascript:alert(1)",
            "about:config",
            "webkit://gpu",
            "mutiny:12D3KooW",
        ] {
            assert!(!own(url), "{url}");
        }
    }

    #[test]
    fn the_launcher_shows_only_itself() {
        let shows = |url: &str| is_launcher(&Url::parse(url).unwrap());
        assert!(shows("tauri://localhost/"));
        assert!(shows("tauri://localhost/index.html#/people"));
        assert!(!shows("tauri://example.org/"));
        assert!(!shows("https://example.org/"));
        assert!(!shows("mutiny-app://0190a0b0-c0d0-7e0f-8123-456789abcdef/"));
        assert!(!shows("about:blank"));
    }

    #[test]
    fn the_guide_shows_only_pages_of_the_guide() {
        let shows = |url: &str| is_guide(&Url::parse(url).unwrap());
        assert!(shows("tauri://localhost/guide/recipes.html#groups"));
        assert!(!shows("tauri://localhost/"));
        assert!(!shows("tauri://localhost/guide/../index.html"));
        assert!(!shows("https://example.org/guide/"));
    }

    #[test]
    fn the_policy_names_no_origin_but_the_page_s_own() {
        for directive in CONTENT_SECURITY_POLICY.split("; ") {
            let (name, sources) = directive.split_once(' ').unwrap();
            for source in sources.split(' ') {
                let known = ["'none'", "'self'", "data:", "blob:"].contains(&source)
                    || (name, source) == ("connect-src", "ipc://localhost")
                    || (name, source) == ("style-src", "'unsafe-inline'")
                    || (name, source) == ("script-src", "'wasm-unsafe-eval'");
                assert!(known, "{name} {source}");
            }
        }
        assert!(CONTENT_SECURITY_POLICY.starts_with("default-src 'none'; script-src 'self' "));
    }

    #[test]
    fn every_permission_is_denied() {
        for feature in PERMISSIONS_POLICY.split(", ") {
            assert!(feature.ends_with("=()"), "{feature}");
        }
    }

    #[test]
    fn guarding_replaces_whatever_was_said_before() {
        let mut headers = HeaderMap::new();
        headers.insert("content-security-policy", HeaderValue::from_static("default-src *"));
        guard(&mut headers);
        let policies: Vec<_> = headers.get_all("content-security-policy").iter().collect();
        assert_eq!(policies, [CONTENT_SECURITY_POLICY]);
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }

    #[test]
    fn nowhere_is_an_address_that_nothing_can_listen_on() {
        let nowhere = Url::parse(NOWHERE).unwrap();
        assert_eq!(nowhere.port(), Some(0));
    }
}
