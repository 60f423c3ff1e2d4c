//! From the text of `mutiny.json` to a [`Manifest`].
//!
//! The object is taken apart first, and each value is read by itself: so every problem is found and not only the first,
//! names its key and its place, and a mistyped key gets the one that was meant.

use std::fmt;

use semver::Version;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::problem::{Place, Problem};
use super::{ACCEPTS, ENTRY, Manifest, Permission, check};
use crate::name;

/// The keys of a manifest, in the order in which people write them.
pub(super) const KEYS: &[&str] = &["id", "name", "version", "description", "icon", "entry", "accepts", "permissions"];
/// Names the schema for editors; it means nothing to the host.
pub(super) const SCHEMA: &str = "$schema";

/// Parses a manifest; an error is everything that is wrong with it.
pub(super) fn parse(text: &str) -> Result<Manifest, Vec<Problem>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let Pairs(pairs) = serde_json::from_str(text).map_err(|error| vec![of_json(&error)])?;
    let mut reader = Reader { text, problems: Vec::new() };
    let manifest = reader.manifest(&pairs);
    match manifest {
        Some(manifest) if reader.problems.is_empty() => Ok(manifest),
        _ => {
            reader.problems.sort_by_key(|problem| problem.place);
            Err(reader.problems)
        }
    }
}

/// `expected value at line 3 column 9` as its parts.
fn of_json(error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    match text.strip_suffix(&suffix) {
        // serde_json counts the bytes before the place, which are none at the beginning of a line.
        Some(what) => {
            Problem { place: Some(Place { line: error.line(), column: error.column().max(1) }), what: what.to_owned() }
        }
        None => Problem { place: None, what: text },
    }
}

/// The keys and values of the outermost object, in their order.
struct Pairs<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `id`, `name` and `version`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}

/// Reads values and notes what is wrong with them.
struct Reader<'t> {
    text: &'t str,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    /// The manifest, if none of the keys that it needs is missing or unreadable.
    fn manifest(&mut self, pairs: &[(String, &RawValue)]) -> Option<Manifest> {
        let (mut id, mut name, mut version) = (None, None, None);
        let (mut description, mut icon, mut entry) = (None, None, None);
        let (mut accepts, mut permissions) = (None, None);
        let mut behind = 0;
        for (index, (key, raw)) in pairs.iter().enumerate() {
            // Between the value before and this one there is nothing else in quotes.
            let key_at = self.text[behind..].find('"').map_or(behind, |quote| behind + quote);
            behind = self.offset(raw) + raw.get().len();
            if pairs[..index].iter().any(|(earlier, _)| earlier == key) {
                self.note(key_at, format!("`{}` is there twice", shown(key)));
                continue;
            }
            match key.as_str() {
                "id" => id = self.checked("id", raw, check::id),
                "name" => name = self.checked("name", raw, check::name).map(|name| name.trim().to_owned()),
                "version" => version = self.version(raw),
                "description" => description = self.checked("description", raw, check::description),
                "icon" => icon = self.checked("icon", raw, check::path),
                "entry" => entry = self.checked("entry", raw, check::path),
                "accepts" => accepts = self.choice("accepts", raw, ACCEPTS),
                "permissions" => permissions = self.permissions(raw),
                SCHEMA => drop(self.value::<String>(SCHEMA, raw)),
                unknown => self.note(key_at, unknown_key(unknown)),
            }
        }
        for (key, what) in [
            ("id", "a name that no other app has, such as \u{201c}org.example.chat\u{201d}"),
            ("name", "what people call the app"),
            ("version", "such as \u{201c}1.0.0\u{201d}"),
        ] {
            if !pairs.iter().any(|(there, _)| there == key) {
                self.note(self.text.find('{').unwrap_or(0), format!("`{key}` is missing: {what}"));
            }
        }
        Some(Manifest {
            id: id?,
            name: name?,
            version: version?,
            description,
            icon,
            entry: entry.unwrap_or_else(|| ENTRY.to_owned()),
            accepts: accepts.unwrap_or_default(),
            permissions: permissions.unwrap_or_default(),
        })
    }

    fn note(&mut self, offset: usize, what: String) {
        self.problems.push(Problem { place: Some(Place::of(self.text, offset)), what });
    }

    /// Where a value begins. It is a piece of the text itself.
    fn offset(&self, raw: &RawValue) -> usize {
        raw.get().as_ptr().addr().saturating_sub(self.text.as_ptr().addr())
    }

    /// The value of `key`, if it has the right type.
    fn value<T: DeserializeOwned>(&mut self, key: &str, raw: &RawValue) -> Option<T> {
        match serde_json::from_str(raw.get()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.note(self.offset(raw), format!("`{key}`: {}", of_json(&error).what));
                None
            }
        }
    }

    fn checked(&mut self, key: &str, raw: &RawValue, check: fn(&str) -> Result<(), String>) -> Option<String> {
        let text: String = self.value(key, raw)?;
        match check(&text) {
            Ok(()) => Some(text),
            Err(problem) => {
                self.note(self.offset(raw), format!("`{key}` {problem}"));
                None
            }
        }
    }

    fn version(&mut self, raw: &RawValue) -> Option<Version> {
        let text: String = self.value("version", raw)?;
        Version::parse(&text)
            .map_err(|problem| {
                let what = format!("`version` must have three numbers, such as \u{201c}1.0.0\u{201d} ({problem})");
                self.note(self.offset(raw), what);
            })
            .ok()
    }

    fn permissions(&mut self, raw: &RawValue) -> Option<Vec<Permission>> {
        // As raw values each would know its place, but not say what is wrong with the list.
        self.value::<Vec<serde::de::IgnoredAny>>("permissions", raw)?;
        let names: Vec<&RawValue> = serde_json::from_str(raw.get()).ok()?;
        let mut permissions = Vec::new();
        for name in names {
            if let Some(permission) = self.choice("permissions", name, Permission::ALL)
                && !permissions.contains(&permission)
            {
                permissions.push(permission);
            }
        }
        Some(permissions)
    }

    /// The choice that the value names.
    fn choice<T: Copy>(&mut self, key: &str, raw: &RawValue, choices: &[(&str, T)]) -> Option<T> {
        let name: String = self.value(key, raw)?;
        if let Some((_, choice)) = choices.iter().find(|(known, _)| *known == name) {
            return Some(*choice);
        }
        let names: Vec<_> = choices.iter().map(|(known, _)| format!("\u{201c}{known}\u{201d}")).collect();
        self.note(
            self.offset(raw),
            format!("`{key}` knows {}, and not \u{201c}{}\u{201d}", names.join(", "), shown(&name)),
        );
        None
    }
}

fn unknown_key(key: &str) -> String {
    /// Less alike than this, and a suggestion would only confuse.
    const ALIKE: f64 = 0.75;
    let lower = key.to_lowercase();
    let nearest = KEYS
        .iter()
        .map(|known| (strsim::jaro_winkler(&lower, known), known))
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .filter(|(likeness, _)| *likeness >= ALIKE);
    let hint = match nearest {
        Some((_, known)) => format!("did you mean `{known}`?"),
        None => format!("the keys are `{}`", KEYS.join("`, `")),
    };
    format!("unknown key `{}`; {hint}", shown(key))
}

/// A piece of the manifest as an error may quote it.
fn shown(text: &str) -> String {
    name::clean(text).unwrap_or_default()
}
