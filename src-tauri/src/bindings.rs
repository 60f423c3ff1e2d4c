//! Generates `ui/bindings/commands.ts` from the commands of the plugins, and fails when that file is stale.
//!
//! The commands are read as they are written, with names and types: what `generate_handler!` names, or a plugin answers
//! without it, is looked up in its file.
//! A type of the core goes into the file by its name, which `ui/bindings/core.ts` has from the type itself. A type that is
//! neither that nor one of a few others is an error, so nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs};

use syn::{FnArg, GenericArgument, Item, ItemFn, PathArguments, ReturnType, Type, UseTree};

/// The generated file, from this package's folder.
const FILE: &str = "ui/bindings/commands.ts";

/// The plugins: what each is called in the generated file and in `build.rs`, and where its commands are listed.
const PLUGINS: &[(&str, &str, &str)] = &[
    ("LauncherCommands", "LAUNCHER", "launcher.rs"),
    ("AskCommands", "ASK", "ask/commands.rs"),
    ("InstanceCommands", "INSTANCE", "app.rs"),
    ("InspectorCommands", "INSPECTOR", "dev/inspector.rs"),
];

/// Where a call is answered, in a list's file, that is no task of the runtime: in the module and by the function of its name.
const ANSWERS: &str = "=> crate::";

/// Where the types come from that pages know, and what stands before their names in the generated file.
const VIEWS: &[(&[&str], &str)] = &[(&["mutiny_core", "view"], ""), (&["mutiny_dev", "view"], "dev.")];

/// What a command is given by the host itself, and no page can say.
const GIVEN: &[&str] = &["State", "AppHandle", "WebviewWindow", "Asked", "Caller", "Then"];

/// A source file of this package.
struct Source {
    file: PathBuf,
    items: Vec<Item>,
    /// The types it has from a view, each with what stands before its name.
    views: BTreeMap<String, &'static str>,
}

impl Source {
    fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let items = syn::parse_file(&text).unwrap().items;
        let mut views = BTreeMap::new();
        for item in &items {
            if let Item::Use(import) = item {
                let mut path = Vec::new();
                collect(&import.tree, &mut path, &mut views);
            }
        }
        Self { file: file.to_owned(), items, views }
    }

    /// The file of a module that is named here: `name` of this one's own, or `crate::name`.
    fn module(&self, path: &[String]) -> PathBuf {
        let sources = folder().join("src-tauri/src");
        let (within, path) = match path {
            [first, rest @ ..] if first == "crate" => (sources, rest),
            own => (self.file.with_extension(""), own),
        };
        if path.is_empty() { self.file.clone() } else { within.join(path.join("/")).with_extension("rs") }
    }

    /// The paths in its `generate_handler!`.
    fn handlers(&self) -> Vec<Vec<String>> {
        let text = fs::read_to_string(&self.file).unwrap();
        let (_, list) = text.split_once("generate_handler![").expect("a list of commands");
        let (list, _) = list.split_once(']').expect("the end of the list");
        let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
        let answers = text.split(ANSWERS).skip(1).map(|answer| {
            let name = answer.split("::").next().unwrap();
            assert!(text.contains(&format!("\"{name}\" {ANSWERS}{name}::")), "{name} is answered under another name");
            vec!["crate".to_owned(), name.to_owned(), name.to_owned()]
        });
        names.map(|name| name.split("::").map(str::to_owned).collect()).chain(answers).collect()
    }

    fn function(&self, name: &str) -> &ItemFn {
        let found = self.items.iter().find_map(|item| match item {
            Item::Fn(function) if function.sig.ident == name => Some(function),
            _ => None,
        });
        found.unwrap_or_else(|| panic!("{} has no {name}", self.file.display()))
    }

    /// The signature of a command, as a function's type.
    fn command(&self, name: &str) -> Command {
        let function = self.function(name);
        // Who is told of it, where it returns nothing.
        let then = function.sig.inputs.iter().find_map(|argument| match argument {
            FnArg::Typed(argument) => Some(last(&argument.ty)).filter(|(name, _)| name == "Then"),
            FnArg::Receiver(_) => None,
        });
        let by_hand = then.is_some();
        let inner = if let Some((_, inner)) = then {
            inner
        } else {
            // An argument of this attribute could rename what a page has to write.
            let plain = |attribute: &syn::Attribute| attribute.meta.require_path_only().is_ok();
            let is_command = |it: &&syn::Attribute| it.path().segments.last().is_some_and(|it| it.ident == "command");
            assert!(function.attrs.iter().find(is_command).is_some_and(plain), "{name} is no plain #[tauri::command]");
            let ReturnType::Type(_, returned) = &function.sig.output else { panic!("{name} returns nothing") };
            let (outer, inner) = last(returned);
            assert!(outer == "Result" && inner.len() == 1, "{name} returns no Result<T>");
            inner
        };
        let result = |used: &mut BTreeSet<String>| self.typescript(&inner[0], used);
        let mut arguments = Vec::new();
        let mut used = BTreeSet::new();
        for argument in &function.sig.inputs {
            let FnArg::Typed(argument) = argument else { panic!("{name} takes self") };
            let syn::Pat::Ident(called) = &*argument.pat else { panic!("{name} takes a pattern") };
            match last(&argument.ty).0.as_str() {
                given if GIVEN.contains(&given) => continue,
                // The whole of a call, which is bytes.
                "Request" => {
                    return Command { line: format!("  {name}: (body: Uint8Array) => {};\n", result(&mut used)), used };
                }
                _ => {}
            }
            let key = camel_case(&called.ident.to_string());
            if by_hand {
                let text = fs::read_to_string(&self.file).unwrap();
                assert!(text.contains(&format!("\"{key}\"")), "{name} takes {key} from nowhere");
            }
            arguments.push(format!("{key}: {}", self.typescript(&argument.ty, &mut used)));
        }
        let result = result(&mut used);
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("args: {{ {} }}", arguments.join("; ")) };
        Command { line: format!("  {name}: ({arguments}) => {result};\n"), used }
    }

    /// What a page sees of a type, noting what of the core's that `used`.
    fn typescript(&self, ty: &Type, used: &mut BTreeSet<String>) -> String {
        if matches!(ty, Type::Tuple(none) if none.elems.is_empty()) {
            return "void".to_owned();
        }
        let (name, inner) = last(ty);
        let mut inner = inner.iter().map(|ty| self.typescript(ty, used));
        match (name.as_str(), inner.next()) {
            ("String" | "Uuid", None) => "string".to_owned(),
            ("bool", None) => "boolean".to_owned(),
            ("f64" | "i64" | "u32" | "usize", None) => "number".to_owned(),
            ("Option", Some(inner)) => format!("{inner} | null"),
            ("Vec", Some(inner)) => format!("Array<{inner}>"),
            ("Channel", Some(inner)) => format!("Channel<{inner}>"),
            ("Value", None) => {
                used.insert("JsonValue".to_owned());
                "JsonValue".to_owned()
            }
            (view, None) if self.views.contains_key(view) => {
                let before = self.views[view];
                if before.is_empty() {
                    used.insert(view.to_owned());
                }
                format!("{before}{view}")
            }
            _ => panic!("{}: {name} is no type that a page can be told of; use one of the view's", self.file.display()),
        }
    }
}

/// A command in the generated file, and the types of the core that it takes.
struct Command {
    line: String,
    used: BTreeSet<String>,
}

/// The names that a `use` brings from one of [`VIEWS`].
fn collect(tree: &UseTree, path: &mut Vec<String>, views: &mut BTreeMap<String, &'static str>) {
    match tree {
        UseTree::Path(step) => {
            path.push(step.ident.to_string());
            collect(&step.tree, path, views);
            path.pop();
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, path, views)),
        UseTree::Name(name) => {
            if let Some((_, before)) = VIEWS.iter().find(|(view, _)| *path == *view) {
                views.insert(name.ident.to_string(), before);
            }
        }
        UseTree::Rename(_) | UseTree::Glob(_) => {}
    }
}

/// The last part of a type's path, and the types in its angle brackets.
fn last(ty: &Type) -> (String, Vec<Type>) {
    let Type::Path(path) = ty else { panic!("a type that is no path") };
    let last = path.path.segments.last().expect("a path has parts");
    let inner = match &last.arguments {
        PathArguments::AngleBracketed(inner) => inner.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty.clone()),
            _ => None,
        }),
        _ => return (last.ident.to_string(), Vec::new()),
    };
    (last.ident.to_string(), inner.collect())
}

/// As Tauri expects it of pages.
fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |all, word| {
        let (head, tail) = word.split_at(1.min(word.len()));
        all + &head.to_uppercase() + tail
    })
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The list of commands in a plugin's source, and in `build.rs` under this name.
fn listed(source: &str, build: &str) -> (Vec<String>, Vec<String>) {
    let handlers = Source::read(&folder().join("src-tauri/src").join(source)).handlers();
    let mut handlers: Vec<String> = handlers.into_iter().map(|mut path| path.pop().unwrap()).collect();
    let allowed = Source::read(&folder().join("src-tauri/build.rs")).items.into_iter().find_map(|item| match item {
        Item::Const(list) if list.ident == build => Some(list.expr),
        _ => None,
    });
    let Some(syn::Expr::Reference(list)) = allowed.map(|list| *list) else { panic!("build.rs has no {build}") };
    let syn::Expr::Array(list) = *list.expr else { panic!("{build} is no list") };
    let mut allowed: Vec<String> = list
        .elems
        .iter()
        .map(|name| match name {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(name), .. }) => name.value(),
            _ => panic!("{build} holds something else than names"),
        })
        .collect();
    handlers.sort();
    allowed.sort();
    (handlers, allowed)
}

fn generate() -> String {
    let mut used = BTreeSet::new();
    let mut types = String::new();
    for (name, _, file) in PLUGINS {
        let plugin = Source::read(&folder().join("src-tauri/src").join(file));
        types += &format!("\n/** The commands in src-tauri/src/{file}, by name. */\nexport type {name} = {{\n");
        for mut path in plugin.handlers() {
            let command = path.pop().unwrap();
            let module = plugin.module(&path);
            let command = Source::read(&module).command(&command);
            types += &command.line;
            used.extend(command.used);
        }
        types += "};\n";
    }
    let used: Vec<String> = used.into_iter().collect();
    format!(
        "// Generated from the commands in src-tauri. Do not edit; run `make types`.\n\n\
         import type {{ Channel }} from '@tauri-apps/api/core';\n\
         import type {{\n  {},\n}} from './core';\n\
         import type * as dev from './dev';\n{types}",
        used.join(",\n  ")
    )
}

#[test]
fn the_bindings_of_commands_are_up_to_date() {
    let (file, generated) = (folder().join(FILE), generate());
    if env::var_os("UPDATE_BINDINGS").is_some() {
        fs::write(&file, generated).unwrap();
        return;
    }
    let found = fs::read_to_string(&file).unwrap_or_default().replace("\r\n", "\n");
    assert!(found == generated, "{FILE} does not match the commands. Run `make types`.");
}

#[test]
fn every_command_of_a_plugin_may_be_called() {
    for (_, build, source) in PLUGINS {
        let (handlers, allowed) = listed(source, build);
        assert_eq!(handlers, allowed, "src-tauri/build.rs and src-tauri/src/{source} do not list the same commands");
    }
}

#[test]
fn a_type_that_pages_know_nothing_of_is_never_guessed() {
    let command = |signature: &str| {
        let text = format!("use mutiny_core::view::Peer;\n#[tauri::command]\nasync fn ask({signature} {{}}");
        std::panic::catch_unwind(move || {
            let items = syn::parse_file(&text).unwrap().items;
            let views = BTreeMap::from([("Peer".to_owned(), "")]);
            Source { file: "ask.rs".into(), items, views }.command("ask").line
        })
    };
    let line = command("app: AppHandle, older_too: Option<bool>) -> Result<Vec<Peer>>").unwrap();
    assert_eq!(line, "  ask: (args: { olderToo: boolean | null }) => Array<Peer>;\n");
    assert_eq!(command(") -> Result<()>").unwrap(), "  ask: () => void;\n");
    for unknown in ["path: PathBuf) -> Result<()>", ") -> Result<Package>", ") -> Vec<Peer>"] {
        assert!(command(unknown).is_err(), "{unknown}");
    }
}
