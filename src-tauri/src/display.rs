//! What the program's windows are shown on.

use crate::error::Result;

/// The kernel's devices for graphics.
#[cfg(target_os = "linux")]
const DEVICES: &str = "/dev/dri";

/// Fails where there is none; Tauri would panic.
///
/// Where there is no GPU, scrollbars are always there: those that lie over a page and fade away have all of it drawn anew, 60
/// times a second and for three seconds, whenever something scrolls or a page opens that could. That took both cores of a
/// small machine.
#[cfg(target_os = "linux")]
pub(crate) fn open() -> Result<()> {
    use gtk::prelude::ObjectExt;

    gtk::init().map_err(|_| crate::error::Error::NoDisplay)?;
    if !has_gpu(DEVICES.as_ref())
        && let Some(settings) = gtk::Settings::default()
    {
        settings.set_property("gtk-overlay-scrolling", false);
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn open() -> Result<()> {
    Ok(())
}

/// Lets pages be drawn on the processor where there is no GPU. To be called before there are threads, as it changes the
/// environment, where the web engine's processes look for it.
///
/// WebKit draws with a GPU's shaders. Where there is none, as in most virtual machines, Mesa compiles them for the processor,
/// in every page's process anew: more work than what is drawn, and some 20 MiB each.
#[cfg(target_os = "linux")]
pub(crate) fn draw_without_gpu() {
    if !has_gpu(DEVICES.as_ref()) {
        // What a person or an administrator has set stands. Where it cannot be set, pages are merely slower.
        let _ = gtk::glib::setenv("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1", false);
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn draw_without_gpu() {}

/// Whether the kernel offers something to render with in `devices`. A card alone may be able to do no more than show.
#[cfg(target_os = "linux")]
fn has_gpu(devices: &std::path::Path) -> bool {
    let is_renderer = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    std::fs::read_dir(devices).is_ok_and(|entries| entries.flatten().any(is_renderer))
}

#[cfg(all(test, target_os = "linux"))]
#[allow(clippy::expect_used)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_gpu_is_what_can_render() {
        let devices = TempDir::new().expect("a folder");
        assert!(!has_gpu(&devices.path().join("dri")), "no graphics at all");
        std::fs::write(devices.path().join("card0"), "").expect("a card");
        assert!(!has_gpu(devices.path()), "a card that only shows");
        std::fs::write(devices.path().join("renderD128"), "").expect("a renderer");
        assert!(has_gpu(devices.path()));
    }
}
