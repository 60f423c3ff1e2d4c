//! The desktop program beside a bare Tauri window, in turns: how long a start takes, what windows cost in memory, and what
//! `send()` costs a page.
//!
//! Both are programs as people start them, in homes where they were started before (so that the system has its caches of fonts
//! and shaders), with what they keep on the same file system. The bare one (`mutiny-bench-window`) has
//! the same Tauri, one page and one empty command. Each says in a line when its first page was drawn and had an answer from its
//! host; nothing else is asked of them while a start is timed.

mod apps;
mod program;
mod session;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};
use serde::Deserialize;
use tempfile::TempDir;

use self::program::Program;
use self::session::Session;
use super::{Bench, COMMITTED};
use crate::Result;
use crate::figure::{Figure, Goal};
use crate::floor::databases::{Databases, database_in};
use crate::sample::{Range, median};

/// How many windows more are opened.
const WINDOWS: usize = 3;

/// Starts of each kind a round, of one program and the other in turn.
const STARTS: usize = 5;

/// A block of calls that is timed together, as the pages have it.
const BLOCK: usize = 50;

/// About what a page sends, in bytes.
const SIZE: usize = 64;

/// How long a page may take to send all it has to.
const PATIENCE: Duration = Duration::from_secs(120);

/// Seconds from the start of the process until its window can be used.
#[derive(Clone, Copy)]
struct Start {
    /// Where nothing was kept.
    new: f64,
    /// Where something was.
    again: f64,
}

impl Start {
    fn median_of(starts: &[Self]) -> Self {
        let of = |which: fn(&Self) -> f64| median(starts.iter().map(which).collect());
        Self { new: of(|start| start.new), again: of(|start| start.again) }
    }
}

#[derive(Clone, Copy)]
enum Which {
    Bare,
    Mutiny,
}

impl Which {
    /// Where it keeps what it starts with again.
    fn folder(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Mutiny => "mutiny",
        }
    }
}

/// What is measured in a round of each program.
struct Round {
    start: Start,
    /// Memory with one window, and of each further one, in MiB.
    first: f64,
    further: f64,
    /// The same of a window with the app `ping`; no bare window has anything like it.
    ping: f64,
    /// Milliseconds of an empty command, or of `send()`.
    call: f64,
}

pub(super) async fn measure(bench: &mut Bench) -> Result<()> {
    let desktop = match Desktop::new(bench) {
        Ok(desktop) => desktop,
        Err(why) => {
            eprintln!("  Skipped: desktop: {why}");
            return Ok(());
        }
    };
    let mut databases = Databases::new(&desktop.folder, 1).await?;
    desktop.prepare().await?;
    let (mut mutiny, mut bare, mut commits) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..bench.scale.rounds {
        let [of_bare, of_mutiny] = desktop.starts(bench.scale.rounds.min(STARTS)).await?;
        bare.push(desktop.bare(of_bare).await?);
        commits.push(median(databases.commits(desktop.blocks * BLOCK, SIZE)?) * 1e3);
        mutiny.push(desktop.mutiny(round, of_mutiny).await?);
    }
    report(bench, &mutiny, &bare, &commits);
    Ok(())
}

struct Desktop {
    session: Session,
    mutiny: PathBuf,
    window: PathBuf,
    folder: PathBuf,
    windows: usize,
    blocks: usize,
}

impl Desktop {
    /// Says why not, where the programs are not built or the machine has no display for them.
    fn new(bench: &Bench) -> Result<Self> {
        let beside = |name: &str| {
            let program = std::env::current_exe()?.with_file_name(name);
            let hint = format!("{} is not there; `make bench` builds it", program.display());
            program.is_file().then_some(program).ok_or(crate::Failure::from(hint))
        };
        let (mutiny, window) = (beside("mutiny")?, beside("mutiny-bench-window")?);
        Ok(Self {
            session: Session::open()?,
            mutiny,
            window,
            folder: bench.folder().join("desktop"),
            windows: WINDOWS.min(bench.scale.rounds),
            blocks: (bench.scale.single / 6).max(1),
        })
    }

    /// Homes, a profile with five apps, and both programs once through, with what is used again and without.
    async fn prepare(&self) -> Result<()> {
        for (home, folder) in
            ["home-bare", "home-mutiny"].into_iter().flat_map(|home| [(home, "cache"), (home, "config")])
        {
            std::fs::create_dir_all(self.data(home).join(folder))?;
        }
        let mut all = vec![apps::bundled("ping"), apps::bundled("chat")];
        for number in 0..WINDOWS {
            all.push(apps::plain(&self.plain(number))?);
        }
        apps::profile(&self.data("mutiny"), &all).await?;
        self.start_bare(&self.data("bare"), 0).await?.1.end().await?;
        self.start_mutiny(&self.data("warm")).await?.1.end().await?;
        self.start_mutiny(&self.data("mutiny")).await?.1.end().await
    }

    /// Starts both programs so often, close to one another: what the machine does meanwhile is the same for both. The medians
    /// of the bare one and of Mutiny.
    async fn starts(&self, times: usize) -> Result<[Start; 2]> {
        let (mut bare, mut mutiny) = (Vec::new(), Vec::new());
        for time in 0..times {
            // Whoever comes first has an advantage, so they take turns at that.
            if time % 2 == 0 {
                bare.push(self.start(Which::Bare).await?);
                mutiny.push(self.start(Which::Mutiny).await?);
            } else {
                mutiny.push(self.start(Which::Mutiny).await?);
                bare.push(self.start(Which::Bare).await?);
            }
        }
        Ok([Start::median_of(&bare), Start::median_of(&mutiny)])
    }

    async fn start(&self, which: Which) -> Result<Start> {
        let fresh = TempDir::new_in(&self.folder)?;
        let mut seconds = [0.0; 2];
        for (data, seconds) in [fresh.path(), &self.data(which.folder())].into_iter().zip(&mut seconds) {
            let (usable, program) = match which {
                Which::Bare => self.start_bare(data, 0).await?,
                Which::Mutiny => self.start_mutiny(data).await?,
            };
            program.end().await?;
            *seconds = usable;
        }
        let [new, again] = seconds;
        Ok(Start { new, again })
    }

    async fn bare(&self, start: Start) -> Result<Round> {
        let (_, mut program) = self.start_bare(&self.data("bare"), 0).await?;
        let first = program.memory().await?;
        for _ in 0..self.windows {
            program.poke()?;
            program.says("usable").await?;
        }
        let all = program.memory().await?;
        program.end().await?;
        let (_, mut program) = self.start_bare(&self.data("bare"), self.blocks).await?;
        let (_, measured) = program.says("measured").await?;
        program.end().await?;
        let call = median(serde_json::from_str(&measured)?);
        Ok(Round { start, first, further: (all - first) / self.windows as f64, ping: f64::NAN, call })
    }

    async fn mutiny(&self, round: usize, start: Start) -> Result<Round> {
        let data = self.data("mutiny");
        let (_, program) = self.start_mutiny(&data).await?;
        let first = program.memory().await?;
        for number in 0..self.windows {
            self.open(&data, &self.plain(number))?;
            program.has_pages(2 + number).await?;
        }
        let all = program.memory().await?;
        self.open(&data, &apps::bundled("ping"))?;
        program.has_pages(2 + self.windows).await?;
        let ping = program.memory().await? - all;
        program.end().await?;
        let call = self.send(round).await?;
        Ok(Round { start, first, further: (all - first) / self.windows as f64, ping, call })
    }

    /// Milliseconds of `send()`, as an app's page sees it.
    async fn send(&self, round: usize) -> Result<f64> {
        let data = self.data(&format!("send-{round}"));
        let app = apps::sender(&data.join("app"), self.blocks)?;
        apps::profile(&data, std::slice::from_ref(&app)).await?;
        let (_, program) = self.start_mutiny(&data).await?;
        self.open(&data, &app)?;
        let database = database_in(&data.join("profiles").join(apps::PROFILE))?;
        let measured = tokio::time::timeout(PATIENCE, async {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if let Some(milliseconds) = told(&database)? {
                    return Ok::<_, crate::Failure>(milliseconds);
                }
            }
        });
        let measured = measured.await.map_err(|_| "a page does not tell how long it took to send")??;
        program.end().await?;
        Ok(median(measured))
    }

    async fn start_bare(&self, data: &Path, blocks: usize) -> Result<(f64, Program)> {
        let mut program =
            Program::start(self.session.command(&self.window, &self.data("home-bare"), data).arg(blocks.to_string()))?;
        let (seconds, _) = program.says("usable").await?;
        Ok((seconds, program))
    }

    async fn start_mutiny(&self, data: &Path) -> Result<(f64, Program)> {
        let mut program = Program::start(self.command(data).env("MUTINY_LOG", "warn,mutiny_desktop=info"))?;
        let (seconds, _) = program.says("the launcher can be used").await?;
        Ok((seconds, program))
    }

    /// Opens an app in the program that runs.
    fn open(&self, data: &Path, app: &Path) -> Result<()> {
        let output = self.command(data).arg("open").arg(app).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        output.status.success().then_some(()).ok_or_else(|| format!("an app cannot be opened: {said}").into())
    }

    fn command(&self, data: &Path) -> Command {
        let mut command = self.session.command(&self.mutiny, &self.data("home-mutiny"), data);
        command.arg("--data-dir").arg(data).args(["--no-mdns", "--listen", "/ip4/127.0.0.1/tcp/0"]);
        command
    }

    /// Where a program keeps what it has to keep.
    fn data(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn plain(&self, number: usize) -> PathBuf {
        self.folder.join(format!("plain-{number}"))
    }
}

/// What a page put into its outbox when it had sent all it had to.
#[derive(Deserialize)]
struct Told {
    milliseconds: Vec<f64>,
}

fn told(database: &Path) -> Result<Option<Vec<f64>>> {
    let db = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    db.busy_timeout(Duration::from_secs(5))?;
    let last = "SELECT body FROM outbox ORDER BY seq DESC LIMIT 1";
    let body: Option<Vec<u8>> = db.query_row(last, [], |row| row.get(0)).optional()?;
    Ok(body.and_then(|body| serde_json::from_slice::<Told>(&body).ok()).map(|told| told.milliseconds))
}

fn report(bench: &mut Bench, mutiny: &[Round], bare: &[Round], commits: &[f64]) {
    const WINDOW: &str = "a bare Tauri window";
    const SEEN: &str = "drawn, and answered by its host";
    const REST: &str = "all processes, at rest";
    let mut beside = |name: &str, unit, of: fn(&Round) -> f64, guarantee| {
        bench.add(Figure::new(format!("floor.window.{name}"), Range::of(bare.iter().map(of)), unit).under(guarantee));
        bench.add(
            Figure::new(format!("desktop.{name}"), Range::of(mutiny.iter().map(of)), unit)
                .to(WINDOW, mutiny.iter().zip(bare).map(|(mutiny, bare)| of(mutiny) / of(bare)))
                .goal(Goal::RatioAtMost(1.3))
                .under(guarantee),
        );
    };
    beside("start.new", "s", |round| round.start.new, SEEN);
    beside("start.again", "s", |round| round.start.again, SEEN);
    beside("memory.first", "MiB", |round| round.first, REST);
    beside("memory.further", "MiB", |round| round.further, REST);
    bench.add(
        Figure::new("desktop.memory.ping", Range::of(mutiny.iter().map(|round| round.ping)), "MiB")
            .to(WINDOW, mutiny.iter().zip(bare).map(|(mutiny, bare)| mutiny.ping / bare.further))
            .under(REST),
    );
    bench.add(Figure::new("floor.window.command", Range::of(bare.iter().map(|round| round.call)), "ms").under("empty"));
    bench.add(Figure::new("floor.commit", Range::of(commits.iter().copied()), "ms").under(COMMITTED));
    let floors = bare.iter().zip(commits).map(|(bare, commit)| bare.call + commit);
    bench.add(
        Figure::new("desktop.send", Range::of(mutiny.iter().map(|round| round.call)), "ms")
            .to("an empty command and a commit", mutiny.iter().zip(floors).map(|(mutiny, floor)| mutiny.call / floor))
            .goal(Goal::RatioAtMost(2.0))
            .under(COMMITTED),
    );
}
