//! Every view and dialog, one after another: looked at by axe-core, gone through by keyboard, and pictured for
//! `docs/views.md`.
//!
//! A stop of the tour is added where a view or a dialog is: see [`tour`].

pub(super) mod axe;
mod keyboard;
mod pictures;
mod scene;
mod tour;
