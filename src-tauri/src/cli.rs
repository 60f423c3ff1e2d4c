//! The command line.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use mutiny_core::Config;

use crate::dev::peer::Peer;
use crate::dev::{Dev, Replay};

const EXAMPLES: &str = "\
Examples:
  mutiny                              Open the launcher
  mutiny open ~/apps/chat             Open the app in this folder
  mutiny open chat-1.0.0.zip          Add the app in this package, and open it
  mutiny mutiny:12D3KooW…             Add the person of this contact link
  mutiny --hidden                     Start in the tray, as at the beginning of a session
  mutiny --profile ana                Be somebody else, beside the first
  mutiny new my-app                   Begin an app of your own
  mutiny dev my-app --peers 3         Run it on three peers side by side, and see all that they do
  mutiny check my-app                 See what is wrong with it
  mutiny pack my-app                  Make one file of it, for others
  mutiny --profile bot node           Be a peer without windows, driven by lines of JSON
  mutiny doctor                       See whether the walls around apps hold here
  mutiny --no-mdns --listen /ip4/127.0.0.1/tcp/0
                                      Stay on this machine

The log is mutiny.log in the profile's folder, which is profiles/NAME in ~/.local/share/mutiny or in --data-dir.
MUTINY_LOG=debug says more, there and on the terminal.";

const OPEN_EXAMPLES: &str = "\
Examples:
  mutiny open ~/apps/chat             The app in this folder: the instance used last, or the first one
  mutiny open chat-1.0.0.zip          One more instance of the app in this package, each time
  mutiny open .                       The app in the folder of this terminal
  mutiny --profile ben --name Ben open ~/apps/chat
                                      The same app as somebody else, beside the first

Where Mutiny runs already with this profile, it opens the window, and this command ends at once. A folder or a file that is
not there ends it with 66, one that is no app with 65.";

const DOCTOR_EXAMPLES: &str = "\
Examples:
  mutiny doctor                       Try some hundred ways out, and say of each whether it held
  mutiny doctor --json                For programs

It takes about a minute and needs a display. It runs beside a Mutiny that is open, in a profile that it throws away, and
reaches for nothing beyond this machine. The exit code is 0 if everything held, 1 if something did not.";

const NODE_EXAMPLES: &str = r#"Examples:
  mutiny --profile bot --data-dir ./data node
                                      A bot with an identity and messages of its own
  mutiny --no-mdns --listen /ip4/127.0.0.1/tcp/0 node
                                      Stay on this machine
  echo '{"id":1,"call":"me"}' | mutiny node
                                      Who am I?

It starts mutiny-node, which lies beside this program or on the PATH; docs/node.md has all of it."#;

/// A desktop host for peer-to-peer web apps.
#[derive(Debug, Parser, PartialEq, Eq)]
#[command(name = "mutiny", version, about, after_help = EXAMPLES)]
pub(crate) struct Cli {
    /// The profile: an identity with its apps and messages
    #[arg(long, value_name = "NAME", default_value = "default", global = true)]
    profile: String,

    /// Where profiles are kept, instead of the usual place
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,

    /// Listen on this address only; may be given several times
    #[arg(long, value_name = "MULTIADDR", global = true)]
    listen: Vec<String>,

    /// Neither look for others on the local network nor be found there
    #[arg(long, global = true)]
    no_mdns: bool,

    /// Your name in a new profile, which then does not ask for it
    #[arg(long, value_name = "NAME")]
    name: Option<String>,

    /// Start in the tray, without a window; where there is no tray, with one
    #[arg(long)]
    hidden: bool,

    /// A contact link (mutiny:…): asks whether to add the person
    #[arg(value_name = "LINK", value_parser = contact_link)]
    link: Option<String>,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand, PartialEq, Eq)]
enum Command {
    /// Open the app in a folder: its latest instance, or a new one; or a new instance of the app in a package file
    #[command(after_help = OPEN_EXAMPLES)]
    Open {
        /// The app's folder, or a package file (.zip)
        place: PathBuf,
    },
    /// Try every way out of an app's window, and print what held
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor {
        /// Print a list of {attempt, held, control, seen}
        #[arg(long)]
        json: bool,
    },
    /// Run an app on several peers side by side, with an inspector
    Dev(Dev),
    /// Do again what was saved in the inspector of `dev`, and see whether the same comes of it
    Replay(Replay),
    /// One peer of `dev`, driven by it
    #[command(hide = true)]
    DevPeer(Peer),
    /// Run a peer without windows, driven line by line; it needs no display
    #[command(after_help = NODE_EXAMPLES)]
    Node,
    #[command(flatten)]
    Tool(mutiny_tools::Command),
}

impl Cli {
    /// Reads the arguments of this process.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        Self::try_parse()
    }

    /// Reads the arguments of another start of the program.
    pub(crate) fn of<A: Into<OsString> + Clone>(args: impl IntoIterator<Item = A>) -> Result<Self, clap::Error> {
        Self::try_parse_from(args)
    }

    /// The person's name in a new profile, if one was given.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The folder or package file to open, if one was named, made absolute from the working directory `cwd`.
    pub(crate) fn place(&self, cwd: &Path) -> Option<PathBuf> {
        match &self.command {
            Some(Command::Open { place }) => Some(cwd.join(place)),
            _ => None,
        }
    }

    /// The contact link that was given.
    pub(crate) fn contact(&self) -> Option<&str> {
        self.link.as_deref()
    }

    /// Whether to start without a window.
    pub(crate) fn hidden(&self) -> bool {
        self.hidden
    }

    /// Whether to examine the walls, and if so, whether to report as JSON.
    pub(crate) fn doctor(&self) -> Option<bool> {
        match self.command {
            Some(Command::Doctor { json }) => Some(json),
            _ => None,
        }
    }

    /// The session to run with an inspector, if that was asked for.
    pub(crate) fn dev(&self) -> Option<&Dev> {
        match &self.command {
            Some(Command::Dev(dev)) => Some(dev),
            _ => None,
        }
    }

    /// The peer of such a session to be, if that was asked for.
    pub(crate) fn dev_peer(&self) -> Option<&Peer> {
        match &self.command {
            Some(Command::DevPeer(peer)) => Some(peer),
            _ => None,
        }
    }

    /// The saved session to replay, if that was asked for.
    pub(crate) fn replay(&self) -> Option<&Replay> {
        match &self.command {
            Some(Command::Replay(replay)) => Some(replay),
            _ => None,
        }
    }

    /// What to do without a window and without a host, if that was asked for.
    pub(crate) fn tool(&self) -> Option<&mutiny_tools::Command> {
        match &self.command {
            Some(Command::Tool(tool)) => Some(tool),
            _ => None,
        }
    }

    /// The arguments of `mutiny-node`, if that is to run in place of this program.
    pub(crate) fn node(&self) -> Option<Vec<OsString>> {
        if !matches!(self.command, Some(Command::Node)) {
            return None;
        }
        let mut args: Vec<OsString> = vec!["--profile".into(), self.profile.clone().into()];
        if let Some(dir) = &self.data_dir {
            args.extend(["--data-dir".into(), dir.into()]);
        }
        for address in &self.listen {
            args.extend(["--listen".into(), address.into()]);
        }
        if self.no_mdns {
            args.push("--no-mdns".into());
        }
        Some(args)
    }

    /// How to start the host.
    pub(crate) fn config(&self, cwd: &Path) -> Config {
        Config {
            profile: self.profile.clone(),
            data_dir: self.data_dir.as_ref().map(|dir| cwd.join(dir)),
            listen: self.listen.clone(),
            mdns: !self.no_mdns,
        }
    }
}

/// Takes what looks like a contact link; whether it is one, the host says.
fn contact_link(text: &str) -> Result<String, &'static str> {
    let is_link = text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mutiny:"));
    if is_link { Ok(text.to_owned()) } else { Err("neither a command nor a contact link (mutiny:…)") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    fn read(line: &str) -> Cli {
        Cli::of(line.split(' ')).expect("a good command line")
    }

    #[test]
    fn nothing_given_is_the_default_profile_on_the_local_network() {
        let config = read("mutiny").config(Path::new("/home/ana"));
        assert_eq!(config.profile, "default");
        assert_eq!(config.data_dir, None);
        assert!(config.listen.is_empty());
        assert!(config.mdns);
    }

    #[test]
    fn every_option_reaches_the_host() {
        let line = "mutiny --profile ben --data-dir /data --listen /ip4/127.0.0.1/tcp/0 --listen /ip4/127.0.0.1/udp/0/quic-v1 --no-mdns";
        let config = read(line).config(Path::new("/"));
        assert_eq!(config.profile, "ben");
        assert_eq!(config.data_dir.as_deref(), Some(Path::new("/data")));
        assert_eq!(config.listen, ["/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/0/quic-v1"]);
        assert!(!config.mdns);
    }

    #[test]
    fn relative_paths_start_where_the_program_was_called() {
        let cli = read("mutiny --data-dir profiles open chat");
        let cwd = Path::new("/home/ana");
        assert_eq!(cli.config(cwd).data_dir.as_deref(), Some(Path::new("/home/ana/profiles")));
        assert_eq!(cli.place(cwd).as_deref(), Some(Path::new("/home/ana/chat")));
    }

    #[test]
    fn absolute_folders_stay_as_they_are() {
        let cli = read("mutiny open /apps/chat");
        assert_eq!(cli.place(Path::new("/home/ana")).as_deref(), Some(Path::new("/apps/chat")));
    }

    #[test]
    fn options_may_follow_the_command() {
        let cli = read("mutiny open chat --profile ben");
        assert_eq!(cli.config(Path::new("/")).profile, "ben");
    }

    #[test]
    fn open_wants_a_folder() {
        let error = Cli::of(["mutiny", "open"]).expect_err("no folder");
        assert!(error.to_string().contains("<PLACE>"), "{error}");
    }

    #[test]
    fn a_contact_link_is_an_argument_of_its_own() {
        assert_eq!(read("mutiny mutiny:12D3KooW?name=Ana").contact(), Some("mutiny:12D3KooW?name=Ana"));
        assert_eq!(read("mutiny --profile ben mutiny:12D3KooW").config(Path::new("/")).profile, "ben");
        let error = Cli::of(["mutiny", "opne"]).expect_err("a slip");
        assert!(error.to_string().contains("neither a command nor a contact link"), "{error}");
    }

    #[test]
    fn the_doctor_speaks_plainly_or_in_json() {
        assert_eq!(read("mutiny").doctor(), None);
        assert_eq!(read("mutiny doctor").doctor(), Some(false));
        assert_eq!(read("mutiny doctor --json").doctor(), Some(true));
    }

    #[test]
    fn a_node_gets_every_option() {
        let line = "mutiny --profile ben node --data-dir /data --listen /ip4/127.0.0.1/tcp/0 --no-mdns";
        let expected = "--profile ben --data-dir /data --listen /ip4/127.0.0.1/tcp/0 --no-mdns";
        assert_eq!(read(line).node().unwrap().join(" ".as_ref()), expected);
        assert_eq!(read("mutiny open chat").node(), None);
    }

    #[test]
    fn dev_has_two_peers_unless_told_otherwise() {
        let dev = |line: &str| format!("{:?}", read(line).dev().expect("dev"));
        assert!(dev("mutiny dev chat").contains("peers: 2"));
        assert!(dev("mutiny dev chat --peers 3 --strangers").contains("peers: 3, strangers: true"));
        for bad in ["mutiny dev", "mutiny dev chat --peers 0", "mutiny dev chat --peers 9", "mutiny dev chat --peers x"]
        {
            assert!(Cli::of(bad.split(' ')).is_err(), "{bad}");
        }
    }

    #[test]
    fn tools_need_no_host() {
        assert!(read("mutiny check chat --json").tool().is_some());
        assert!(read("mutiny new chat").tool().is_some());
        assert!(read("mutiny open chat").tool().is_none());
    }

    #[test]
    fn help_shows_examples() {
        let help = Cli::of(["mutiny", "--help"]).expect_err("help is not a start").to_string();
        assert!(help.contains("mutiny open ~/apps/chat"), "{help}");
    }
}
