//! The labels of webviews: who is asking.
//!
//! Tauri gives a webview its label when it is made, and no page can change it. It is therefore what commands and the
//! scheme handler go by, and the capabilities as well.

use uuid::Uuid;

/// The launcher's label.
pub(crate) const LAUNCHER: &str = "launcher";

/// The guide's label. No capability names it, so its pages can call nothing.
pub(crate) const GUIDE: &str = "guide";

/// The label of the inspector of `mutiny dev`; `capabilities/inspector.json` says the same.
pub(crate) const INSPECTOR: &str = "inspector";

/// What the label of every app's webview starts with; `capabilities/app.json` says the same.
const APP: &str = "app-";

/// What the label of every question of the host starts with; `capabilities/ask.json` says the same.
const ASK: &str = "ask-";

/// A label for a question, that no other window has or had.
pub(crate) fn of_question() -> String {
    format!("{ASK}{}", Uuid::new_v4())
}

/// The label of an instance's webview.
pub(crate) fn of(instance: Uuid) -> String {
    format!("{APP}{instance}")
}

/// The instance that a webview belongs to; `None` for the launcher and whatever else there may be.
pub(crate) fn instance(label: &str) -> Option<Uuid> {
    let id = label.strip_prefix(APP)?.parse().ok()?;
    // Uuids can be written in several ways, and only one of them is a label of ours.
    (of(id) == label).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0190_a0b0_c0d0_7e0f_8123_4567_89ab_cdef);

    #[test]
    fn a_label_names_its_instance() {
        assert_eq!(of(ID), "app-0190a0b0-c0d0-7e0f-8123-456789abcdef");
        assert_eq!(instance(&of(ID)), Some(ID));
    }

    #[test]
    fn a_question_is_no_instance() {
        assert!(of_question().starts_with(ASK));
        assert_eq!(instance(&of_question()), None);
    }

    #[test]
    fn other_labels_name_none() {
        let odd = [
            "",
            "app-",
            LAUNCHER,
            "0190a0b0-c0d0-7e0f-8123-456789abcdef",
            "app-0190A0B0-C0D0-7E0F-8123-456789ABCDEF",
            "app-0190a0b0c0d07e0f8123456789abcdef",
            "app-{0190a0b0-c0d0-7e0f-8123-456789abcdef}",
            "app-0190a0b0-c0d0-7e0f-8123-456789abcdef ",
            "launcher-0190a0b0-c0d0-7e0f-8123-456789abcdef",
        ];
        for label in odd {
            assert_eq!(instance(label), None, "{label:?}");
        }
    }
}
