//! A real window talks to a bot without one.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::harness::{Host, program, skipped};
use tempfile::TempDir;

/// The bot in `apps/echo-bot`, as a process that ends with this value.
struct Bot {
    process: Child,
    link: String,
    _home: TempDir,
}

impl Bot {
    /// Starts it; none where what it needs is not there.
    fn start() -> Option<Self> {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
        let node = program().with_file_name("mutiny-node");
        if !node.exists() || !repository.join("node_modules/@mutiny/node").exists() {
            skipped("the echo bot", "it needs mutiny-node (`cargo build -p mutiny-node`) and npm packages (`npm ci`)");
            return None;
        }
        let home = TempDir::new().expect("a temporary folder");
        let mut process = Command::new("node")
            .arg(repository.join("apps/echo-bot/bot.mjs"))
            .args(["--no-mdns", "--listen", "/ip4/127.0.0.1/tcp/0", "--data-dir"])
            .arg(home.path())
            .env("MUTINY_NODE", node)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bot started");
        let output = BufReader::new(process.stdout.take().expect("its output"));
        let link = output.lines().map_while(Result::ok).find(|line| line.starts_with("mutiny:"));
        Some(Self { process, link: link.expect("its contact link"), _home: home })
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // Its peer ends with it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn what_is_said_to_the_echo_bot_comes_back() {
    let Some(bot) = Bot::start() else { return };
    let ana = Host::started("ana");
    ana.launcher().add_person(&bot.link).sees_online("Echo bot");
    ana.open("apps/echo-bot/app");
    let page = ana.app();
    page.says("No bot is connected yet.").click("button", "Connect with a bot");
    ana.question().click("radio", "Echo bot").leave_by("button", "Ask Echo bot to connect");
    page.says("Connected with Echo bot.");
    page.fill("Line", "Hello out there").click("button", "Say");
    page.says("EchoHello out there").picture("echo-bot");
}
