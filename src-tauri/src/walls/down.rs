//! Walls taken down on purpose, so that a test can see that its sink would notice.
//!
//! **Only programs built with debug assertions can do this.** A release holds neither the code nor the variable's name: there
//! [`stands`] is always true. `tests/e2e/windows/hostile.rs` looks into the release, where there is one.

use tauri::webview::WebviewWindowBuilder;
#[cfg(debug_assertions)]
use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::{Manager, Wry};

/// The walls that a test can take down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wall {
    /// The content security policy.
    Policy,
    /// Navigation, new windows, downloads, permissions, and the web engine's own settings.
    Doors,
    /// The proxy that leads nowhere.
    Proxy,
}

/// Whether a wall stands. `MUTINY_TEST_WALLS_DOWN=policy,doors,proxy` names those that do not.
#[cfg(debug_assertions)]
pub(super) fn stands(wall: Wall) -> bool {
    use std::sync::OnceLock;

    static DOWN: OnceLock<String> = OnceLock::new();
    let down = DOWN.get_or_init(|| {
        let down = std::env::var("MUTINY_TEST_WALLS_DOWN").unwrap_or_default();
        if !down.is_empty() {
            tracing::error!(%down, "WALLS ARE DOWN. Apps can reach the network. This is for tests only.");
        }
        down
    });
    !down.split(',').any(|name| name == wall.name())
}

/// Whether a wall stands: always.
#[cfg(not(debug_assertions))]
pub(super) const fn stands(_wall: Wall) -> bool {
    true
}

/// Opens the doors wide. Without a handler, the web engine would say no to some of it by itself, and so prove no wall of ours.
/// Downloads need none: the engine puts them where people have theirs.
#[cfg(debug_assertions)]
pub(super) fn opened<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    builder.on_new_window(|_, _| NewWindowResponse::Allow).on_permission_request(|_, _| PermissionResponse::Allow)
}

/// Never called: the doors stand.
#[cfg(not(debug_assertions))]
pub(super) fn opened<'a, M: Manager<Wry>>(
    builder: WebviewWindowBuilder<'a, Wry, M>,
) -> WebviewWindowBuilder<'a, Wry, M> {
    builder
}

#[cfg(debug_assertions)]
impl Wall {
    fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Doors => "doors",
            Self::Proxy => "proxy",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_walls_stand_unless_somebody_takes_them_down() {
        for wall in [Wall::Policy, Wall::Doors, Wall::Proxy] {
            assert!(stands(wall), "{wall:?}");
        }
    }
}
