//! Tests with windows, driven by clicks.

mod activity;
mod app_api;
mod apps;
mod asking;
mod contacts;
mod dev;
mod echo_bot;
mod examples;
mod guide;
mod hostile;
mod invitations;
mod keyboard;
mod packages;
mod people;
mod save;
mod shell;
mod story;
mod tools;
mod tutorial;
mod views;
mod while_it_runs;
