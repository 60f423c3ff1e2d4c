//! What is written down of a session, and the file that it is saved in.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use mutiny_core::view::{App, Body, Millis, Step};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Result};

/// The form of the file. One with another number is from a later Mutiny.
const FORM: u32 = 1;

/// A saved session: enough to replay it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// [`FORM`].
    pub mutiny_session: u32,
    /// The app's folder.
    pub folder: PathBuf,
    /// The app, as it was at the time.
    pub app: Option<App>,
    /// The peers were introduced to one another.
    pub introduced: bool,
    /// The peers, in the order in which they were started.
    pub peers: Vec<Cast>,
    /// What happened, in order.
    pub records: Vec<Record>,
}

/// A peer of a saved session, and what stands for it in the steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cast {
    /// What it is called.
    pub name: String,
    /// Its peer id.
    pub id: String,
    /// Its instance of the app.
    pub instance: Option<Uuid>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// When, in milliseconds since the Unix epoch and parts of them.
    pub at: f64,
    /// The peer at which it happened, by name. Steps have a `peer` of their own.
    #[serde(rename = "who")]
    pub peer: String,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What can happen: a step of a host, or an act of whoever develops.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum What {
    /// A step.
    Step(Step),
    /// An act.
    Act(Act),
}

/// What whoever develops did to a peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "act")]
pub enum Act {
    /// Started it.
    Started,
    /// It ended: killed, or by itself, as when its window is closed.
    Ended {
        /// It was killed.
        killed: bool,
    },
    /// Answered an invitation.
    Answered {
        /// Of whom, by name.
        from: String,
        /// By accepting it.
        accepted: bool,
    },
    /// Changed its conditions.
    Conditions {
        /// It reaches nobody, and nobody reaches it.
        offline: bool,
        /// Its inbox is full.
        full: bool,
        /// How far its calendar is ahead, in milliseconds.
        ahead: Millis,
    },
    /// Changed a link of it.
    Link {
        /// The other peer, by name.
        to: String,
        /// There is no way between the two.
        cut: bool,
        /// How much later all that they say to each other arrives, in milliseconds.
        delay: u32,
    },
    /// Lost the connection to another peer, by name.
    Lost {
        /// Which.
        to: String,
    },
    /// Introduced it to another peer, by name.
    Introduced {
        /// Which.
        to: String,
    },
}

impl Recording {
    pub(crate) fn new(folder: PathBuf, app: Option<App>, introduced: bool) -> Self {
        Self { mutiny_session: FORM, folder, app, introduced, peers: Vec::new(), records: Vec::new() }
    }

    /// Reads a saved session.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::NoSession`].
    pub fn read(file: &Path) -> Result<Self> {
        let no_session = |problem: String| Error::NoSession { file: file.to_owned(), problem };
        let text = std::fs::read(file).map_err(|source| Error::Io { path: file.to_owned(), doing: "read", source })?;
        let value: serde_json::Value = serde_json::from_slice(&text).map_err(|error| no_session(error.to_string()))?;
        match value["mutinySession"].as_u64() {
            Some(form) if form == u64::from(FORM) => {}
            Some(form) => {
                return Err(no_session(format!(
                    "its form is {form}, and this Mutiny knows {FORM}. Replay it with the Mutiny that saved it."
                )));
            }
            None => return Err(no_session("it has no \u{201c}mutinySession\u{201d}.".to_owned())),
        }
        serde_json::from_value(value).map_err(|error| no_session(error.to_string()))
    }

    /// Writes it, in place of what the file held before.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn write(&self, file: &Path) -> Result<()> {
        let failed = |source: std::io::Error| Error::Io { path: file.to_owned(), doing: "written", source };
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // Beside it first, so that a full disk leaves the old one.
        let mut new = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        serde_json::to_writer_pretty(&mut new, self).map_err(|error| failed(error.into()))?;
        new.persist(file).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// The peers by their ids.
    pub(crate) fn names(&self) -> HashMap<&str, &str> {
        self.peers.iter().map(|peer| (peer.id.as_str(), peer.name.as_str())).collect()
    }
}

impl Record {
    /// The body of the message that it is about, where it has one.
    pub(crate) fn body(&self) -> Option<&Body> {
        match &self.what {
            What::Step(Step::Sent { body, .. }) => Some(body),
            _ => None,
        }
    }

    /// About how much memory it takes, in bytes.
    pub(crate) fn weight(&self) -> usize {
        200 + match &self.what {
            What::Step(Step::Sent { body: Body::Bytes(bytes), .. }) => bytes.len(),
            What::Step(Step::Sent { body: Body::Json(value), .. }) => value.to_string().len(),
            What::Step(Step::Announced { value, .. } | Step::Heard { value, .. }) => value.to_string().len(),
            What::Step(Step::Refused { text, .. } | Step::Page { text, .. }) => text.len(),
            _ => 0,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn recording() -> Recording {
        let mut recording = Recording::new("/apps/talk".into(), None, true);
        let [message, instance] = [Uuid::from_u128(1), Uuid::from_u128(2)];
        recording.peers.push(Cast { name: "ana".into(), id: "12D3A".into(), instance: Some(instance) });
        let record = |what| Record { at: 5.25, peer: "ana".into(), what };
        recording.records = vec![
            record(What::Act(Act::Started)),
            record(What::Step(Step::Acknowledged { message, instance })),
            record(What::Act(Act::Conditions { offline: true, full: false, ahead: 7 })),
            record(What::Act(Act::Ended { killed: true })),
        ];
        recording
    }

    #[test]
    fn what_was_saved_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("talk.json");
        recording().write(&file).unwrap();
        assert_eq!(Recording::read(&file).unwrap(), recording());
    }

    #[test]
    fn what_is_no_session_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("talk.json");
        let problem = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Recording::read(&file).unwrap_err().to_string()
        };
        assert!(problem("{").contains("EOF"));
        assert!(problem("{}").contains("mutinySession"));
        assert!(problem(r#"{"mutinySession":2}"#).contains("its form is 2"));
        assert!(problem(r#"{"mutinySession":1}"#).contains("folder"));
        let missing = Recording::read(&folder.path().join("nothing.json")).unwrap_err();
        assert_eq!(missing.exit_code(), 66);
    }
}
