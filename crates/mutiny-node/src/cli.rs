//! The command line: the options of the desktop program.

use std::path::{Path, PathBuf};

use clap::Parser;
use mutiny_core::Config;
use mutiny_core::view::Conditions;

const EXAMPLES: &str = r#"Examples:
  mutiny-node                         Be the default profile, without its windows
  mutiny-node --profile bot --data-dir ./data
                                      A bot with an identity and messages of its own
  mutiny-node --no-mdns --listen /ip4/127.0.0.1/tcp/0
                                      Stay on this machine
  mutiny-node --conditions '{"offline":true}'
                                      See how an app takes it to reach nobody
  echo '{"id":1,"call":"me"}' | mutiny-node
                                      Who am I?

One JSON object a line goes in, one a line comes out: requests such as
  {"id":1,"call":"send","instance":"...","to":{"peer":"...","instance":"..."},"body":{"type":"json","value":"hi"}}
are answered by {"id":1,"ok":...} or {"id":1,"error":{"code":"...","message":"..."}}; {"event":...} comes by itself.
It ends with its input, with {"id":1,"call":"stop"}, and when it is asked to terminate."#;

/// A Mutiny peer without windows, driven line by line.
#[derive(Debug, Parser, PartialEq, Eq)]
#[command(name = "mutiny-node", version, about, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// The profile: an identity with its apps and messages
    #[arg(long, value_name = "NAME", default_value = "default")]
    profile: String,

    /// Where profiles are kept, instead of the usual place
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,

    /// Listen on this address only; may be given several times
    #[arg(long, value_name = "MULTIADDR")]
    listen: Vec<String>,

    /// Neither look for others on the local network nor be found there
    #[arg(long)]
    no_mdns: bool,

    /// Start under these conditions, as `set_conditions` takes them
    #[arg(long, value_name = "JSON", value_parser = conditions)]
    conditions: Option<Conditions>,

    /// Tell of every step from the first, as `trace` does from the moment it is called
    #[arg(long)]
    trace: bool,
}

fn conditions(json: &str) -> Result<Conditions, serde_json::Error> {
    serde_json::from_str(json)
}

impl Cli {
    /// Reads the arguments of this process.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        Self::try_parse()
    }

    /// What the host starts under.
    pub(crate) fn conditions(&self) -> Conditions {
        self.conditions.clone().unwrap_or_default()
    }

    /// Whether to tell of every step.
    pub(crate) fn trace(&self) -> bool {
        self.trace
    }

    /// How to start the host; relative paths begin at `cwd`.
    pub(crate) fn config(&self, cwd: &Path) -> Config {
        Config {
            profile: self.profile.clone(),
            data_dir: self.data_dir.as_ref().map(|dir| cwd.join(dir)),
            listen: self.listen.clone(),
            mdns: !self.no_mdns,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn config(line: &str) -> Config {
        Cli::try_parse_from(line.split(' ')).unwrap().config(Path::new("/home/ana"))
    }

    #[test]
    fn nothing_given_is_the_default_profile_on_the_local_network() {
        let config = config("mutiny-node");
        assert_eq!((config.profile.as_str(), config.data_dir, config.mdns), ("default", None, true));
        assert!(config.listen.is_empty());
    }

    #[test]
    fn conditions_are_json() {
        let read = |json: &str| Cli::try_parse_from(["mutiny-node", "--conditions", json]);
        assert!(read(r#"{"offline":true}"#).unwrap().conditions().offline);
        let error = read("{offline}").unwrap_err().to_string();
        assert!(error.contains("--conditions"), "{error}");
        assert!(read(r#"{"ofline":true}"#).unwrap_err().to_string().contains("ofline"));
    }

    #[test]
    fn every_option_reaches_the_host() {
        let config = config("mutiny-node --profile bot --data-dir data --listen /a --listen /b --no-mdns");
        assert_eq!((config.profile.as_str(), config.mdns), ("bot", false));
        assert_eq!(config.data_dir.as_deref(), Some(Path::new("/home/ana/data")));
        assert_eq!(config.listen, ["/a", "/b"]);
    }
}
