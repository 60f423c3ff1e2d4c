//! The files of a new app. They are part of the program, so that a new app needs no network.

use super::Kind;

/// The types of `window.mutiny`, as every kind of app gets them.
const TYPES: (&str, &str) = ("types/mutiny.d.ts", include_str!("../../../../ui/app-api/mutiny.d.ts"));

/// The files of an app of this kind, by their paths, with gaps for what is the app's own.
pub(super) fn of(kind: Kind) -> Vec<(&'static str, &'static str)> {
    macro_rules! files {
        ($kind:literal: $($path:literal)*) => {
            vec![TYPES, $(($path, include_str!(concat!("../../templates/", $kind, "/", $path)))),*]
        };
    }
    match kind {
        Kind::Plain => {
            files!("plain": "mutiny.json" "index.html" "main.js" "style.css" "icon.svg" "jsconfig.json" "README.md")
        }
        Kind::TypeScript => files!("typescript":
            "package.json" "tsconfig.json" "vite.config.ts" "index.html" "src/main.ts" "src/style.css"
            "public/mutiny.json" "public/icon.svg" "README.md" ".gitignore"),
    }
}
