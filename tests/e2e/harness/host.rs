//! A person's host: a profile in a folder of its own, and the process that runs it.

use std::cell::{Cell, RefCell};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use tempfile::TempDir;

use super::chat::Chat;
use super::driver::{Driver, automation};
use super::launcher::Launcher;
use super::loopback;
use super::networks;
use super::page::{GUIDE, Page, QUESTION};
use super::processes::terminate;
use super::program::program;
use super::wait::poll;
use super::webdriver::Session;

/// A host by the name of its person. Its process ends, and its files go, with this value.
pub(crate) struct Host {
    name: &'static str,
    folder: TempDir,
    listens: SocketAddr,
    running: RefCell<Option<Running>>,
    run: Cell<u32>,
    pages_die: Cell<bool>,
}

struct Running {
    // Dropped first: a driver that loses its webviews complains.
    session: Session,
    driver: Driver,
    inspector: SocketAddr,
    /// None where a terminal started it, with which it ends.
    process: Option<Child>,
}

impl Running {
    #[track_caller]
    fn process(&mut self) -> &mut Child {
        self.process.as_mut().expect("a host that the test started itself")
    }
}

/// Ana and Ben, who are connected.
#[track_caller]
pub(crate) fn friends() -> (Host, Host) {
    let (ana, ben) = (Host::started("ana"), Host::started("ben"));
    ana.launcher().set_name("Ana");
    ben.launcher().set_name("Ben");
    ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
    (ana, ben)
}

impl Host {
    /// A host that was never started.
    pub(crate) fn new(name: &'static str) -> Self {
        let folder = TempDir::with_prefix(format!("mutiny-{name}-")).expect("a temporary folder");
        fs::create_dir_all(folder.path().join("home/cache")).expect("a home");
        // As people set it who cannot bear what moves. What is looked for then is where it stays: a click takes its place
        // from before, and would miss a notice that is still sliding in. Scrollbars that fade are the same, and dear without
        // a GPU, as here.
        let toolkit = folder.path().join("home/config/gtk-3.0");
        fs::create_dir_all(&toolkit).expect("a folder for the toolkit");
        fs::write(toolkit.join("settings.ini"), "[Settings]\ngtk-enable-animations=0\ngtk-overlay-scrolling=0\n")
            .expect("settings");
        // As desktops tell programs where a person has what was downloaded.
        fs::create_dir_all(folder.path().join("home/Downloads")).expect("a folder for downloads");
        fs::write(folder.path().join("home/config/user-dirs.dirs"), "XDG_DOWNLOAD_DIR=\"$HOME/Downloads\"\n")
            .expect("a note of it");
        Self {
            name,
            folder,
            listens: loopback::free_address(),
            running: RefCell::new(None),
            run: Cell::new(0),
            pages_die: Cell::new(false),
        }
    }

    /// A host that was never started, and always is the same peer: its pictures look alike at every run.
    pub(crate) fn made_up(name: &'static str, key: &[u8]) -> Self {
        let mut host = Self::new(name);
        host.listens = loopback::address_of(name);
        let profile = host.data_dir().join("profiles").join(name);
        fs::create_dir_all(&profile).expect("a profile");
        fs::write(profile.join("identity.key"), key).expect("a key");
        host
    }

    /// A host that was never started, of somebody far away: in a test that has networks of its own.
    pub(crate) fn far_away(name: &'static str) -> Self {
        let mut host = Self::new(name);
        host.listens = networks::far_address(name);
        host
    }

    /// A host that runs, with its launcher open.
    #[track_caller]
    pub(crate) fn started(name: &'static str) -> Self {
        let host = Self::new(name);
        host.start();
        host
    }

    /// Its person's name.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Where it listens for others.
    pub(crate) fn listens(&self) -> SocketAddr {
        self.listens
    }

    /// A file of its profile.
    #[track_caller]
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        let file = self.data_dir().join("profiles").join(self.name).join(name);
        assert!(file.exists(), "there is no {}", file.display());
        file
    }

    /// Whether there is anything of a profile of its own.
    pub(crate) fn has_profile(&self) -> bool {
        self.data_dir().exists() || self.folder.path().join("home/data/mutiny").exists()
    }

    /// Its person's home.
    pub(super) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    fn data_dir(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// How often it was started.
    pub(crate) fn run(&self) -> u32 {
        self.run.get()
    }

    /// `mutiny` with nothing of the machine's user, called from the root of this repository.
    pub(super) fn program(&self) -> Command {
        self.of_person(program())
    }

    /// Any program, as the person of this host starts it.
    pub(super) fn of_person(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
        for (variable, folder) in [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/config"),
            ("XDG_DATA_HOME", "home/data"),
            ("XDG_CACHE_HOME", "home/cache"),
        ] {
            command.env(variable, self.folder.path().join(folder));
        }
        // As on a machine without a GPU: the display of the tests has none. What Mesa compiles in its place is kept for all
        // hosts, as it would be in a person's home.
        command.env("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1");
        command.env("MESA_SHADER_CACHE_DIR", env!("CARGO_TARGET_TMPDIR"));
        command
    }

    /// `mutiny` with this host's profile, on loopback only.
    pub(super) fn command(&self) -> Command {
        let mut command = self.program();
        command
            .arg("--data-dir")
            .arg(self.data_dir())
            .args(["--profile", self.name, "--no-mdns"])
            .args(["--listen", &format!("/ip4/{}/tcp/{}", self.listens.ip(), self.listens.port())]);
        command
    }

    /// Starts it and waits for its launcher.
    #[track_caller]
    pub(crate) fn start(&self) {
        self.start_with(&[]);
    }

    /// Starts it with further arguments and waits for its windows. Its person was introduced on the command line.
    #[track_caller]
    pub(crate) fn start_with(&self, arguments: &[&str]) {
        self.launch(&[&["--name", self.name], arguments].concat());
    }

    /// Starts it as somebody does who never did before, and waits for its windows.
    #[track_caller]
    pub(crate) fn start_anew(&self) {
        self.launch(&[]);
    }

    #[track_caller]
    fn launch(&self, arguments: &[&str]) {
        assert!(self.running.borrow().is_none(), "{} runs already", self.name);
        let inspector = loopback::free_address();
        let driver = Driver::attach(inspector);
        let log = File::options().create(true).append(true).open(self.log()).expect("a log");
        let mut process = self
            .command()
            .args(arguments)
            .envs(automation(inspector))
            .stdout(log.try_clone().expect("a log"))
            .stderr(log)
            .spawn()
            .expect("mutiny started");
        let session = poll(|| match process.try_wait() {
            Ok(Some(status)) => panic!("{} ended ({status}):\n{}", self.name, self.said()),
            _ => driver.session(),
        });
        let Ok(session) = session else {
            let ended = process.try_wait();
            let _ = process.kill();
            let why = session.err().unwrap_or_default();
            panic!("{}'s webviews cannot be driven: {why} (the host: {ended:?})\n{}", self.name, self.said());
        };
        *self.running.borrow_mut() = Some(Running { session, driver, inspector, process: Some(process) });
        self.run.set(self.run() + 1);
    }

    /// Takes it down without any warning, as a power cut would.
    #[track_caller]
    pub(crate) fn kill_9(&self) {
        let mut running = self.running.borrow_mut().take().expect("a host that runs");
        // `Child::kill` is SIGKILL.
        running.process().kill().expect("killed");
        running.process().wait().expect("ended");
    }

    /// Drives the windows of this person's host, which a terminal started, once they are there.
    #[track_caller]
    pub(super) fn drive(&self, inspector: SocketAddr) {
        let driver = Driver::attach(inspector);
        let session = poll(|| driver.session());
        let session = session.unwrap_or_else(|why| panic!("{}'s webviews cannot be driven: {why}", self.name));
        *self.running.borrow_mut() = Some(Running { session, driver, inspector, process: None });
        self.run.set(self.run() + 1);
    }

    /// Asks it to end, as the system does when the person logs out, and waits until it has.
    #[track_caller]
    pub(crate) fn terminate(&self) -> ExitStatus {
        terminate(self.running.borrow_mut().as_mut().expect("a host that runs").process());
        self.ends_by_itself()
    }

    /// What a process that runs with the profile holds, and writes its id into.
    pub(super) fn lock(&self) -> PathBuf {
        self.data_dir().join("profiles").join(self.name).join("lock")
    }

    /// Starts it and asks it to end before it has even opened its profile's database; returns how it ended.
    #[track_caller]
    pub(crate) fn ended_while_starting(&self) -> ExitStatus {
        let log = File::options().create(true).append(true).open(self.log()).expect("a log");
        let mut process = self.command().stdout(Stdio::null()).stderr(log).spawn().expect("mutiny started");
        let lock = self.lock();
        let holder = || fs::read_to_string(&lock).unwrap_or_default();
        while !holder().contains(&process.id().to_string()) && process.try_wait().is_ok_and(|ended| ended.is_none()) {
            std::hint::spin_loop();
        }
        terminate(&process);
        let ended = poll(|| match process.try_wait() {
            Ok(Some(status)) => Ok(status),
            _ => Err("it still runs".to_owned()),
        });
        ended.unwrap_or_else(|why| {
            let _ = process.kill();
            panic!("{} did not end: {why}\n{}", self.name, self.said())
        })
    }

    /// Drives its windows anew, after one of their pages died: a session of the driver's ends with any of its pages.
    #[track_caller]
    pub(crate) fn drive_anew(&self) {
        let mut running = self.running.borrow_mut();
        let running = running.as_mut().expect("a host that runs");
        running.driver = Driver::attach(running.inspector);
        let session = poll(|| running.driver.session());
        running.session = session.unwrap_or_else(|why| panic!("{}'s webviews cannot be driven anew: {why}", self.name));
        self.run.set(self.run() + 1);
    }

    /// What the person's session is told to start, if anything.
    pub(crate) fn session_entry(&self) -> Option<String> {
        let entries = fs::read_dir(self.folder.path().join("home/.config/autostart")).ok()?;
        entries.flatten().find_map(|entry| fs::read_to_string(entry.path()).ok())
    }

    /// The process that runs it.
    #[track_caller]
    pub(crate) fn process_id(&self) -> u32 {
        self.running.borrow_mut().as_mut().expect("a host that runs").process().id()
    }

    /// Waits until it has ended.
    #[track_caller]
    pub(crate) fn ends_by_itself(&self) -> ExitStatus {
        let mut running = self.running.borrow_mut().take().expect("a host that runs");
        let ended = poll(|| match running.process().try_wait() {
            Ok(Some(status)) => Ok(status),
            _ => Err("it still runs".to_owned()),
        });
        ended.unwrap_or_else(|why| {
            // Nobody else would.
            let _ = running.process().kill();
            panic!("{} did not end: {why}", self.name)
        })
    }

    /// Its launcher.
    pub(crate) fn launcher(&self) -> Launcher<'_> {
        Launcher::new(self)
    }

    /// Opens the app in `apps/chat` from a terminal, and returns its window.
    #[track_caller]
    pub(crate) fn open_chat(&self) -> Chat<'_> {
        self.open("apps/chat");
        self.chat()
    }

    /// The window of its chat.
    pub(crate) fn chat(&self) -> Chat<'_> {
        Chat::new(self, self.app())
    }

    /// The host's question above an app's window.
    pub(crate) fn question(&self) -> Page<'_> {
        Page::new(self, QUESTION)
    }

    /// Waits until no question is open.
    #[track_caller]
    pub(crate) fn asks_nothing(&self) {
        let gone = poll(|| {
            self.with_session(|session| {
                for window in session.windows()? {
                    session.switch_to(&window)?;
                    if session.url()?.starts_with(QUESTION) {
                        return Err("it still asks".to_owned());
                    }
                }
                Ok(())
            })
        });
        assert!(gone.is_ok(), "{}: {gone:?}", self.name);
    }

    /// The guide's window.
    pub(crate) fn guide(&self) -> Page<'_> {
        Page::new(self, GUIDE)
    }

    /// The window of the one app that is open.
    pub(crate) fn app(&self) -> Page<'_> {
        Page::new(self, "mutiny-app://")
    }

    /// `mutiny open FOLDER`, with a folder of this repository or an absolute path; the host that runs takes it over.
    #[track_caller]
    pub(crate) fn open(&self, folder: &str) {
        let output = self.tell(&["open", folder]);
        assert!(
            output.status.success(),
            "`mutiny open {folder}` ended with {}:\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr),
        );
    }

    /// Does something with its windows; an error while it is down.
    pub(crate) fn with_session<T>(&self, act: impl FnOnce(&Session) -> Result<T, String>) -> Result<T, String> {
        let done = match &*self.running.borrow() {
            Some(running) => act(&running.session),
            None => return Err(format!("{} is not running", self.name)),
        };
        // That a killed page is gone may be noticed only now, and takes the session along that was begun since.
        if self.pages_die.get() && done.as_ref().is_err_and(|why| why.contains("invalid session id")) {
            self.drive_anew();
        }
        done
    }

    /// Pages of it are killed from here on.
    pub(super) fn lets_pages_die(&self) {
        self.pages_die.set(true);
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// What it wrote to its terminal, over all runs.
    fn said(&self) -> String {
        fs::read_to_string(self.log()).unwrap_or_default()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(mut process) = self.running.get_mut().take().and_then(|running| running.process) {
            let _ = process.kill();
            let _ = process.wait();
        }
        if std::thread::panicking() {
            eprintln!("--- what {} wrote to its terminal ---\n{}", self.name, self.said());
        }
        // The web engine's own processes notice a little later that their host has gone, and may still write.
        let _ = poll(|| match fs::remove_dir_all(self.folder.path()) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.to_string()),
            _ => Ok(()),
        });
    }
}
