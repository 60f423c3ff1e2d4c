//! A Tauri window and nothing else: the floor of the desktop's figures in `mutiny-bench`, which drives it.
//!
//! `mutiny-bench-window [BLOCKS]` opens a window, and one more for every line that it reads. It writes `usable LABEL` for each
//! page that was drawn, just before its host answers it, and with BLOCKS also `measured [MILLISECONDS, …]`: round trips of an
//! empty command from the first window's page, one after the other, one mean for each block of 50. It ends with its input.

use std::io::{BufRead, Write};
use std::process::ExitCode;

use tauri::{AppHandle, Manager, State, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Wry};

/// How many blocks of round trips are wanted of the first window's page.
struct Blocks(u32);

/// The first window's label.
const FIRST: &str = "window-1";

fn main() -> ExitCode {
    let blocks = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0);
    let outcome = tauri::Builder::default()
        .manage(Blocks(blocks))
        .invoke_handler(tauri::generate_handler![usable, empty, measured])
        .setup(|app| {
            // The sizes of the launcher and of an app's window.
            open(app, FIRST.to_owned(), [1040.0, 720.0])?;
            let app = app.handle().clone();
            std::thread::spawn(move || obey(&app));
            Ok(())
        })
        .run(tauri::generate_context!());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mutiny-bench-window: {error}");
            ExitCode::FAILURE
        }
    }
}

fn open(app: &impl Manager<Wry>, label: String, [width, height]: [f64; 2]) -> tauri::Result<WebviewWindow> {
    WebviewWindowBuilder::new(app, label, WebviewUrl::App("index.html".into()))
        .title("Bare window")
        .inner_size(width, height)
        .build()
}

/// Opens a window for each line, and ends the program where there are no more.
fn obey(app: &AppHandle) {
    for (line, number) in std::io::stdin().lock().lines().zip(2_usize..) {
        if line.is_err() {
            break;
        }
        if let Err(error) = open(app, format!("window-{number}"), [900.0, 680.0]) {
            eprintln!("mutiny-bench-window: {error}");
        }
    }
    app.exit(0);
}

/// A page was drawn. Answers how many blocks of calls are wanted of it.
#[tauri::command]
fn usable(window: WebviewWindow, blocks: State<'_, Blocks>) -> u32 {
    say(&format!("usable {}", window.label()));
    if window.label() == FIRST { blocks.0 } else { 0 }
}

/// What the round trip of a command costs that does nothing.
#[tauri::command]
fn empty() {}

#[tauri::command]
fn measured(milliseconds: Vec<f64>) {
    say(&format!("measured {}", serde_json::json!(milliseconds)));
}

/// Writes a line. Nobody listens any more where that fails.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
