//! The apps whose windows are measured, and a profile that has them.

use std::fs;
use std::path::{Path, PathBuf};

use libp2p::PeerId;
use mutiny_core::{Config, Host};
use uuid::Uuid;

use crate::Result;

/// The profile that all starts use.
pub(super) const PROFILE: &str = "default";

/// Makes a profile in `data`, of somebody who was introduced and has these apps.
pub(super) async fn profile(data: &Path, apps: &[PathBuf]) -> Result<()> {
    let host = Host::start(Config {
        profile: PROFILE.to_owned(),
        data_dir: Some(data.to_owned()),
        listen: vec!["/ip4/127.0.0.1/tcp/0".to_owned()],
        mdns: false,
    })
    .await?;
    host.introduce("Ana").await?;
    for app in apps {
        host.add_app(app).await?;
    }
    host.stop().await;
    Ok(())
}

/// An app that comes with the source tree.
pub(super) fn bundled(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps").join(name)
}

/// An app that shows what a bare window shows, and does nothing.
pub(super) fn plain(folder: &Path) -> Result<PathBuf> {
    page(folder, "<h1>A plain app</h1><p>It shows this page, and does nothing.</p>")?;
    Ok(folder.to_owned())
}

/// An app whose page sends so many blocks of 50 messages, one after the other, to somebody who is never there; then, to the same,
/// what it measured: `{milliseconds: [mean of each block]}`.
pub(super) fn sender(folder: &Path, blocks: usize) -> Result<PathBuf> {
    page(folder, "<h1>An app that sends</h1><script type=\"module\" src=\"send.js\"></script>")?;
    let (peer, instance) = (PeerId::random().to_base58(), Uuid::new_v4());
    fs::write(
        folder.join("send.js"),
        format!(
            "const BLOCK = 50;
const nobody = {{ peer: '{peer}', instance: '{instance}' }};
const text = 'x'.repeat(64);
const milliseconds = [];
// By then the program has come to rest.
await new Promise((resolve) => setTimeout(resolve, 2000));
// The first block does what is done for the first time, and does not count.
for (let block = 0; block <= {blocks}; block += 1) {{
  const begun = performance.now();
  for (let number = 0; number < BLOCK; number += 1) await mutiny.send(nobody, {{ text, number }});
  if (block > 0) milliseconds.push((performance.now() - begun) / BLOCK);
}}
await mutiny.send(nobody, {{ milliseconds }});
"
        ),
    )?;
    Ok(folder.to_owned())
}

fn page(folder: &Path, body: &str) -> Result<()> {
    fs::create_dir_all(folder)?;
    let head =
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">";
    fs::write(folder.join("index.html"), format!("{head}<title>Bench</title>{body}</html>\n"))?;
    Ok(())
}
