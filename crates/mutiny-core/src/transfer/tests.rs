//! Both sides of a transfer, and one side against somebody who means no good.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use tempfile::TempDir;
use tokio::io::{AsyncWriteExt as _, DuplexStream, duplex};
use uuid::Uuid;

use super::frame::{self, Chunk, File, Kind, Listing, Refusal};
use super::get::{Progress, Trouble, Wanted, get};
use super::serve::serve;
use super::{CHUNK, Reason, listing};
use crate::package::Package;

const INSTANCE: Uuid = Uuid::from_u128(7);

/// Somebody with an app, and a place where it is wanted.
struct Scene {
    dir: TempDir,
    app: Package,
}

impl Scene {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("app");
        fs::create_dir_all(folder.join("img")).unwrap();
        let manifest = r#"{"id":"org.example.chat","name":"Chat","version":"1.0.0"}"#;
        fs::write(folder.join("mutiny.json"), manifest).unwrap();
        fs::write(folder.join("index.html"), "<h1>Hi</h1>").unwrap();
        fs::write(folder.join("empty"), "").unwrap();
        fs::write(folder.join("zzz"), "").unwrap();
        let large: Vec<u8> = (0..300_000_u64).map(|n| (n * n / 7) as u8).collect();
        fs::write(folder.join("img/large.bin"), large).unwrap();
        let app = Package::open(&folder).unwrap();
        Self { dir, app }
    }

    fn hash(&self) -> String {
        self.app.to_view().hash
    }

    fn total(&self) -> u64 {
        self.app.size()
    }

    fn target(&self) -> PathBuf {
        self.dir.path().join("target")
    }

    fn wanted(&self) -> Wanted {
        Wanted { instance: INSTANCE, hash: self.hash(), folder: self.target() }
    }

    /// The honest side.
    fn serves(&self) -> DuplexStream {
        let (near, far) = duplex(1024);
        let app = self.app.clone();
        tokio::spawn(serve(far, async move |instance, hash: String| {
            assert_eq!(instance, INSTANCE);
            if hash == app.to_view().hash { Ok(app) } else { Err(Reason::Changed) }
        }));
        near
    }

    async fn gets(&self, from: DuplexStream) -> Result<Progress, Trouble> {
        let progress = Progress::default();
        get(from, self.wanted(), &progress, || {}).await.map(|()| progress)
    }

    /// Asks somebody who answers the question with these frames and then is silent, or leaves.
    async fn asks(&self, answer: Vec<Kind>, leaves: bool) -> Trouble {
        let (near, mut far) = duplex(1 << 20);
        let liar = tokio::spawn(async move {
            let question = frame::read(&mut far).await.unwrap();
            assert!(matches!(question, Kind::Ask(_)));
            for kind in answer {
                // It may have been hung up on meanwhile.
                let _ = frame::write(&mut far, kind).await;
            }
            if leaves {
                // Having heard where to begin, as somebody has whose connection breaks later.
                frame::read(&mut far).await.unwrap();
            } else {
                std::future::pending::<()>().await;
            }
        });
        let trouble = self.gets(near).await.unwrap_err();
        liar.abort();
        trouble
    }

    fn listing(&self) -> Vec<Kind> {
        listing::pieces(&self.app.listing().unwrap()).into_iter().map(Kind::Listing).collect()
    }

    fn contents(&self) -> Vec<u8> {
        let files = self.app.listing().unwrap();
        files.iter().flat_map(|file| fs::read(self.app.root().join(&file.path)).unwrap()).collect()
    }

    fn chunks(&self) -> Vec<Kind> {
        let contents = self.contents();
        contents.chunks(CHUNK).map(|part| Kind::Chunk(Chunk { content: Bytes::copy_from_slice(part) })).collect()
    }
}

fn wrong(trouble: Trouble) -> String {
    match trouble {
        Trouble::Wrong(problem) => problem,
        other => panic!("expected to notice that something is wrong, got {other:?}"),
    }
}

#[tokio::test]
async fn a_package_arrives_whole() {
    let scene = Scene::new();
    let progress = scene.gets(scene.serves()).await.unwrap();
    assert_eq!(progress.done.load(Ordering::Relaxed), scene.total());
    assert_eq!(progress.total.load(Ordering::Relaxed), scene.total());
    assert_eq!(Package::open(&scene.target()).unwrap().to_view(), scene.app.to_view());
}

#[tokio::test]
async fn a_transfer_goes_on_where_it_was_lost_and_mends_what_was_damaged() {
    let scene = Scene::new();
    let mut early = scene.listing();
    early.extend(scene.chunks().into_iter().take(2));
    assert!(matches!(scene.asks(early, true).await, Trouble::Lost(_)));
    let there = fs::metadata(scene.target().join("img/large.bin")).unwrap().len();
    assert_eq!(there, 2 * CHUNK as u64, "what arrived is kept");

    // The honest side is asked for the rest only.
    let (near, far) = duplex(1024);
    let (app, counted) = (scene.app.clone(), scene.total() - there);
    let served = tokio::spawn(serve(far, async move |_, _| Ok(app)));
    let progress = Progress::default();
    let moved = std::sync::Mutex::new(Vec::new());
    get(near, scene.wanted(), &progress, || moved.lock().unwrap().push(progress.done.load(Ordering::Relaxed)))
        .await
        .unwrap();
    served.await.unwrap().unwrap();
    let moved = moved.into_inner().unwrap();
    assert_eq!(moved.first().map(|first| scene.total() - first), Some(counted));
    assert_eq!(Package::open(&scene.target()).unwrap().to_view(), scene.app.to_view());

    fs::write(scene.target().join("img/large.bin"), vec![0; 300_000]).unwrap();
    scene.gets(scene.serves()).await.unwrap();
    assert_eq!(Package::open(&scene.target()).unwrap().to_view(), scene.app.to_view());
}

#[tokio::test]
async fn a_refusal_says_why() {
    let scene = Scene::new();
    for reason in [Reason::NotInvited, Reason::Changed, Reason::Busy, Reason::Unsendable] {
        let (near, far) = duplex(1024);
        tokio::spawn(serve(far, async move |_, _| Err(reason)));
        assert!(matches!(scene.gets(near).await, Err(Trouble::Refused(said)) if said == reason));
    }
    let unknown = vec![Kind::Refusal(Refusal { reason: 99 })];
    assert!(matches!(scene.asks(unknown, false).await, Trouble::Refused(Reason::Other)));
}

#[tokio::test]
async fn an_app_without_a_manifest_stays_where_it_is() {
    let (scene, folder) = (Scene::new(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("index.html"), "").unwrap();
    let bare = Package::open(folder.path()).unwrap();
    let (near, far) = duplex(1024);
    tokio::spawn(serve(far, async move |_, _| Ok(bare)));
    assert!(matches!(scene.gets(near).await, Err(Trouble::Refused(Reason::Unsendable))));
}

#[tokio::test]
async fn an_app_that_is_edited_while_it_is_sent_is_not_taken_for_the_one_it_was() {
    let scene = Scene::new();
    fs::write(scene.app.root().join("img/large.bin"), "shorter").unwrap();
    assert!(matches!(scene.gets(scene.serves()).await, Err(Trouble::Refused(Reason::Changed))));
    fs::write(scene.app.root().join("img/large.bin"), vec![1; 300_000]).unwrap();
    wrong(scene.gets(scene.serves()).await.unwrap_err());
}

#[tokio::test]
async fn a_list_of_another_package_is_refused_before_any_content() {
    let scene = Scene::new();
    let mut files = scene.app.listing().unwrap();
    files[0].digest[0] ^= 1;
    let lie = listing::pieces(&files).into_iter().map(Kind::Listing).collect();
    assert_eq!(wrong(scene.asks(lie, false).await), "is not the one of the invitation");
    assert!(!scene.target().exists());
}

#[tokio::test]
async fn a_list_that_no_app_can_have_is_refused() {
    let scene = Scene::new();
    let file = |path: &str, length| File { path: path.to_owned(), length, digest: Bytes::from_static(&[0; 32]) };
    let lists = [
        vec![file("../../.bashrc", 1)],
        vec![file("/etc/passwd", 1)],
        vec![file(".hidden", 1)],
        vec![file("a", 1), file("A", 1)],
        vec![file("b", 1), file("a", 1)],
        vec![file("huge", u64::MAX)],
        vec![file("a", 1 << 30), file("b", 1)],
        vec![file(&"x".repeat(100_000), 1)],
        vec![File { digest: Bytes::from_static(&[0; 31]), ..file("a", 1) }],
        vec![],
    ];
    for files in lists {
        wrong(scene.asks(vec![Kind::Listing(Listing { files, last: true })], false).await);
        assert!(!scene.target().exists());
    }
}

#[tokio::test]
async fn a_list_without_end_ends() {
    let scene = Scene::new();
    let digest = Bytes::from_static(&[0; 32]);
    let part = |n| (0..1000).map(|m| File { path: format!("{n}/{m}"), length: 0, digest: digest.clone() }).collect();
    let endless = (0..30).map(|n| Kind::Listing(Listing { files: part(n), last: false })).collect();
    assert!(wrong(scene.asks(endless, false).await).contains("larger than an app may be"));
    let nothing = vec![Kind::Listing(Listing::default()); 3];
    wrong(scene.asks(nothing, false).await);
}

#[tokio::test]
async fn wrong_bytes_are_noticed_as_the_file_ends() {
    let scene = Scene::new();
    let mut answer = scene.listing();
    let lie = |len: usize| Kind::Chunk(Chunk { content: vec![7; len].into() });
    answer.extend(scene.chunks().iter().map(|kind| match kind {
        Kind::Chunk(chunk) => lie(chunk.content.len()),
        _ => unreachable!(),
    }));
    assert_eq!(wrong(scene.asks(answer, false).await), "is not the one of the invitation");
}

#[tokio::test]
async fn pieces_of_a_wrong_size_end_the_transfer() {
    let scene = Scene::new();
    for len in [0, 1, CHUNK - 1, CHUNK + 1] {
        let mut answer = scene.listing();
        answer.push(Kind::Chunk(Chunk { content: vec![0; len].into() }));
        wrong(scene.asks(answer, false).await);
    }
}

#[tokio::test]
async fn more_than_was_listed_is_never_read() {
    let scene = Scene::new();
    let (near, mut far) = duplex(1 << 16);
    let (listing, chunks) = (scene.listing(), scene.chunks());
    let endless = tokio::spawn(async move {
        frame::read(&mut far).await.unwrap();
        for kind in listing.into_iter().chain(chunks) {
            frame::write(&mut far, kind).await.unwrap();
        }
        let mut sent = 0;
        while frame::write(&mut far, Kind::Chunk(Chunk { content: vec![0; CHUNK].into() })).await.is_ok() {
            sent += 1;
        }
        sent
    });
    scene.gets(near).await.unwrap();
    assert!(endless.await.unwrap() < 4);
    assert_eq!(Package::open(&scene.target()).unwrap().to_view(), scene.app.to_view());
}

#[tokio::test]
async fn who_says_nothing_more_is_waited_for_only_so_long() {
    let scene = Scene::new();
    let timed_out = |trouble| matches!(trouble, Trouble::Lost(error) if error.kind() == std::io::ErrorKind::TimedOut);
    let (silent, stalled) = tokio::join!(scene.asks(vec![], false), scene.asks(scene.listing(), false));
    assert!(timed_out(silent) && timed_out(stalled));
}

#[tokio::test]
async fn what_is_no_frame_ends_the_transfer_before_anything_is_allocated() {
    for bytes in [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0xff, 0xff, 0x7f], &[3, 1, 2, 3], &[0]] {
        let (scene, (near, mut far)) = (Scene::new(), duplex(1024));
        far.write_all(bytes).await.unwrap();
        wrong(scene.gets(near).await.unwrap_err());
    }
}

#[tokio::test]
async fn who_asks_without_sense_is_hung_up_on() {
    let sense = |kind| async {
        let (mut near, far) = duplex(1024);
        frame::write(&mut near, kind).await.unwrap();
        serve(far, async |_, _| Err(Reason::NotInvited)).await
    };
    assert!(sense(Kind::Want(frame::Want { offset: 0 })).await.is_err());
    assert!(sense(Kind::Ask(frame::Ask { instance: Bytes::new(), hash: String::new() })).await.is_err());

    // Nothing is left to send behind the end.
    let scene = Scene::new();
    let mut near = scene.serves();
    let instance = Bytes::copy_from_slice(INSTANCE.as_bytes());
    frame::write(&mut near, Kind::Ask(frame::Ask { instance, hash: scene.hash() })).await.unwrap();
    while !matches!(frame::read(&mut near).await.unwrap(), Kind::Listing(Listing { last: true, .. })) {}
    frame::write(&mut near, Kind::Want(frame::Want { offset: u64::MAX })).await.unwrap();
    assert!(frame::read(&mut near).await.is_err());
}
