//! People and apps to be looked at: the same at every run, faces included.

use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{Host, poll};

/// The keys of made-up people, in hexadecimal. They are here for all to see, and of use to nobody.
const ANA: &str = "08011240fdfb62b165765306a4737e3161df61a3113216fd236a75e7f87ecb6f\
                   4f906a01c357fedd5f8a12d99db53ffb45c96ce63f9d5873e80687625efd1c1bc42bb4a9";
const BEN: &str = "08011240faa5c8cee263ccb4b142b34a2b26d06238db0b72e11ad90d1616a5ce\
                   ef50e0094e569fca512267986187aca8fe0d12d12745151a490f77c68d335219e89983c1";
const CLARA: &str = "080112407c1244701377991dec5bbbaab8c0aeba64e6a4e4d6f4a247837acf98\
                     4269f50ec5c4469e34a4c2dfd391ee5b64d851a8e3696ef862d5383b9c6984c11884bd5f";
const ZOE: &str = "080112401423cc0c76f77a8b5fc969983d1f6351b88c74f5d3c2a4fe1dec71ea\
                   3d25790bc2b0d93c13845d187342d2298ff5bf92c6e81328e8f138781efc225f9b7d506d";

/// How large the launcher is when it opens.
pub(super) const SIZE: (i32, i32) = (1040, 720);

/// Ana, who has apps, friends and messages under way; Clara, who is around and invites her; Zoe, who has nothing yet.
pub(super) struct Scene {
    pub(super) ana: Host,
    pub(super) zoe: Host,
    _clara: Host,
}

fn host(name: &'static str, key: &str) -> Host {
    let key: Vec<u8> = (0..key.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&key[at..at + 2], 16).expect("hexadecimal digits"))
        .collect();
    Host::made_up(name, &key)
}

/// Somebody who has nothing yet.
pub(super) fn zoe() -> Host {
    let zoe = host("zoe", ZOE);
    zoe.start();
    zoe
}

/// Where the apps are: a folder by the same name at every run, since it is seen in the pictures.
fn apps() -> PathBuf {
    let folder = std::env::temp_dir().join("apps-of-ana");
    for app in ["chat", "ping"] {
        let (from, to) = (Path::new(env!("CARGO_MANIFEST_DIR")).join("apps").join(app), folder.join(app));
        fs::create_dir_all(&to).expect("a folder");
        for file in fs::read_dir(&from).expect("an app") {
            let file = file.expect("a file").path();
            fs::copy(&file, to.join(file.file_name().expect("a name"))).expect("a copy");
        }
    }
    folder
}

impl Scene {
    /// Sets all of it up, by clicks.
    pub(super) fn new() -> Self {
        let apps = apps();
        let folder = |app: &str| apps.join(app).to_str().expect("a path in UTF-8").to_owned();
        let [ana, ben, clara] = [("ana", ANA), ("ben", BEN), ("clara", CLARA)].map(|(name, key)| host(name, key));
        for (host, name) in [(&ana, "Ana"), (&ben, "Ben"), (&clara, "Clara")] {
            host.start();
            host.launcher().set_name(name);
        }
        // A conversation with Ben, who throws the app away later and then is gone.
        ana.launcher().add_person(&ben.launcher().contact_link()).sees_online("Ben");
        ana.open(&folder("chat"));
        let (of_ana, of_ben) = (ana.chat(), ben.open_chat());
        of_ana.invite("Ben");
        ben.launcher().accept_invitation_to("Chat", "Ana");
        of_ana.talks_with("Ben").say("Hello Ben!").sees_delivered("Hello Ben!");
        of_ben.choose("Ana").talks_with("Ana").sees("Hello Ben!");
        // Clara is here to stay. She invites Ana to what Ana has, and to what she has not.
        clara.launcher().add_person(&ana.launcher().contact_link()).sees_online("Ana");
        clara.open_chat().invite("Ana");
        ana.launcher().go_to("Invitations").page().shows("heading", "Clara invites you to Chat");
        // Something fails, and something waits.
        ben.launcher().remove("Chat");
        of_ana.say("Are you still there?");
        ana.launcher().go_to("Activity").page().click("tab", "Failed").says("does not have this app any more");
        ben.terminate();
        ana.launcher().sees_offline("Ben");
        ana.open(&folder("ping"));
        for text in ["I will wait", "until you are back"] {
            of_ana.say(text).sees_waiting(text, "Ben");
        }
        Self { ana, zoe: zoe(), _clara: clara }
    }

    /// Waits until no notice of what was done before is on the screen.
    pub(super) fn is_quiet(host: &Host) {
        let launcher = host.launcher();
        let notices = "document.querySelectorAll('[data-sonner-toast]')";
        let quiet = poll(|| {
            let dismiss = format!(
                "{notices}.forEach((it) => it.querySelector('[data-close-button]')?.click());
                 return {notices}.length"
            );
            match launcher.page().asks(&dismiss) {
                Ok(count) if count == 0 => Ok(()),
                other => Err(format!("{other:?} notices")),
            }
        });
        quiet.unwrap_or_else(|why| panic!("{why}"));
    }
}
