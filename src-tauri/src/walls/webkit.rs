//! Walls within WebKitGTK: what it could do of itself, switched off.

use webkit2gtk::{PermissionRequestExt, SettingsExt, UserContentManagerExt, WebView, WebViewExt};

/// The name of the handler that wry registers for messages that a page posts.
const POSTED: &str = "ipc";

/// Switches off what reaches out of the window, in one webview.
pub(super) fn harden(webview: &WebView) {
    if let Some(settings) = WebViewExt::settings(webview) {
        // The network, on ways of its own that know neither policy nor proxy.
        settings.set_enable_webrtc(false);
        settings.set_enable_dns_prefetching(false);
        // The machine.
        settings.set_enable_media_stream(false);
        settings.set_enable_encrypted_media(false);
        settings.set_javascript_can_access_clipboard(false);
        settings.set_javascript_can_open_windows_automatically(false);
        // The person's screen: a page that fills it can pretend to be anything.
        settings.set_enable_fullscreen(false);
        // A page that was kept aside would find its commands cut off, and no second way for them.
        settings.set_enable_page_cache(false);
    }
    // The bridge has a second way, for engines without schemes of one's own. It costs a page a tenth of the work, so it is the
    // better one to keep the thread of all windows busy by, and past what counts who does (`turns.rs`).
    if let Some(manager) = webview.user_content_manager() {
        manager.unregister_script_message_handler(POSTED);
    }
    // The dialog is the engine's own, and no page should raise one over the launcher.
    webview.connect_print(|_, _| true);
    // Not asked of Tauri's handler, which comes first and answers all requests; should it ever not, the answer is still no.
    webview.connect_permission_request(|_, request| {
        request.deny();
        true
    });
}

/// Does the contrary, for a control that shows what the engine would do of itself. See `down.rs`.
#[cfg(debug_assertions)]
pub(super) fn soften(webview: &WebView) {
    if let Some(settings) = WebViewExt::settings(webview) {
        settings.set_enable_webrtc(true);
        settings.set_enable_dns_prefetching(true);
        settings.set_enable_media_stream(true);
        // A machine for tests has neither camera nor microphone.
        settings.set_enable_mock_capture_devices(true);
        settings.set_enable_encrypted_media(true);
        settings.set_javascript_can_access_clipboard(true);
        settings.set_javascript_can_open_windows_automatically(true);
        settings.set_enable_fullscreen(true);
    }
}
