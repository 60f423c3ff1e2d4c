//! The tray icon on Linux: a StatusNotifierItem.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ksni::menu::{MenuItem, StandardItem};
use ksni::{Category, Handle, Icon as Pixmap, OfflineReason, ToolTip, TrayMethods};
use mutiny_core::Unread;
use tauri::{AppHandle, async_runtime};
use tokio::sync::watch;

use super::badge;
use crate::windows;

/// Instances with unread messages that the menu lists.
const LISTED: usize = 8;

/// The icon, in the tray or waiting for one.
pub(super) struct Icon(Handle<Item>);

impl Icon {
    /// Registers it with the desktop's tray, also with one that comes later. `there` is told whether there is one.
    pub(super) async fn show(app: &AppHandle, there: watch::Sender<bool>) -> Result<Self, ksni::Error> {
        let missing = Arc::new(AtomicBool::new(false));
        let item = Item { app: app.clone(), there: there.clone(), missing: Arc::clone(&missing), unread: Vec::new() };
        let shown = item.assume_sni_available(true).spawn().await?;
        // Only now is it registered, unless it was told that there is nobody to register with.
        if !missing.load(Ordering::SeqCst) {
            there.send_replace(true);
        }
        Ok(Self(shown))
    }

    /// Says what is unread.
    pub(super) async fn set(&self, unread: Vec<Unread>) {
        self.0
            .update(|item| {
                if item.unread != unread {
                    item.unread = unread;
                }
            })
            .await;
    }
}

/// What the tray shows, and what it does.
struct Item {
    app: AppHandle,
    there: watch::Sender<bool>,
    /// There was no tray at first, or it went away.
    missing: Arc<AtomicBool>,
    unread: Vec<Unread>,
}

impl Item {
    fn messages(&self) -> u32 {
        self.unread.iter().fold(0, |sum, unread| sum.saturating_add(unread.messages))
    }

    fn open_launcher(&self) {
        windows::show_launcher(&self.app, ksni::current_xdg_activation_token().as_deref());
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "mutiny".into()
    }

    fn category(&self) -> Category {
        Category::Communications
    }

    fn title(&self) -> String {
        "Mutiny".into()
    }

    fn tool_tip(&self) -> ToolTip {
        let description = match self.messages() {
            0 => "No new messages".to_owned(),
            1 => "1 new message".to_owned(),
            many => format!("{many} new messages"),
        };
        ToolTip { title: "Mutiny".into(), description, ..ToolTip::default() }
    }

    fn icon_pixmap(&self) -> Vec<Pixmap> {
        let icon = badge::drawn(self.messages());
        vec![Pixmap { width: badge::SIDE as i32, height: badge::SIDE as i32, data: icon }]
    }

    fn activate(&mut self, _x: i32, _y: i32) {
        self.open_launcher();
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let mut menu = vec![entry("Open Mutiny".into(), Self::open_launcher), MenuItem::Separator];
        for unread in self.unread.iter().take(LISTED) {
            let (instance, label) = (unread.instance, windows::plain(&unread.label));
            menu.push(entry(format!("{label} ({})", unread.messages), move |item| {
                let (app, token) = (item.app.clone(), ksni::current_xdg_activation_token());
                async_runtime::spawn(async move {
                    let opened = windows::open_with(&app, instance, token.as_deref()).await;
                    crate::report(&app, opened);
                });
            }));
        }
        if !self.unread.is_empty() {
            menu.push(MenuItem::Separator);
        }
        menu.push(entry("Quit Mutiny".into(), |item| item.app.exit(0)));
        menu
    }

    fn watcher_online(&self) {
        self.there.send_replace(true);
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        if let OfflineReason::Error(error) = reason {
            tracing::info!(%error, "no tray to put an icon into yet");
        }
        self.missing.store(true, Ordering::SeqCst);
        self.there.send_replace(false);
        // Tray or not, the icon waits for the next.
        true
    }
}

fn entry(label: String, act: impl Fn(&Item) + Send + 'static) -> MenuItem<Item> {
    // A menu takes an underscore for the mark of an access key, unless it is doubled.
    let label = label.replace('_', "__");
    StandardItem { label, activate: Box::new(move |item: &mut Item| act(item)), ..StandardItem::default() }.into()
}
