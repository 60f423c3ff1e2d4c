//! What the tests are written in: hosts by name, their windows, and waiting for what a person would see.

mod camera;
mod chat;
mod desktop;
mod display;
mod driver;
mod host;
pub(crate) mod keys;
mod launcher;
mod links;
mod loopback;
mod networks;
mod page;
mod processes;
mod program;
mod refused;
#[path = "../../common/skipped.rs"]
#[allow(unreachable_pub, reason = "another package's tests share it")]
mod skipped;
mod slow_link;
mod tell;
mod terminal;
mod wait;
mod webdriver;
pub(crate) mod window;

pub(crate) use chat::Chat;
pub(crate) use desktop::{FileManager, Notifications, Tray};
pub(crate) use display::{choose_in_dialog, picture_of_display, picture_of_window, type_into_window, wait_for_window};
pub(crate) use host::{Host, friends};
pub(crate) use networks::{in_networks_of_its_own, is_a_test};
pub(crate) use page::Page;
pub(crate) use program::program;
pub(crate) use refused::refused;
pub(crate) use skipped::skipped;
pub(crate) use slow_link::SlowLink;
pub(crate) use terminal::Terminal;
pub(crate) use wait::poll;
