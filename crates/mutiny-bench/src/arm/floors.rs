//! The floors alone, as far as no other arm tells them beside its own figures.

use std::time::Duration;

use super::Bench;
use crate::Result;
use crate::figure::Figure;
use crate::floor::disk::Disk;
use crate::floor::stream::Raw;
use crate::sample::Range;

const SIZE: usize = 1024;

pub(super) async fn measure(bench: &mut Bench) -> Result<()> {
    let mut disk = Disk::new(bench.folder())?;
    let mut raw = Raw::new().await?;
    let (mut syncs, mut trips) = (Vec::new(), Vec::new());
    for _ in 0..bench.scale.rounds {
        syncs.push(disk.sync(bench.scale.single, Duration::ZERO).await? * 1e3);
        trips.push(raw.round_trip(bench.scale.single, SIZE, Duration::ZERO).await? * 1e3);
    }
    bench.add(Figure::new("floor.fsync", Range::of(syncs), "ms").under("12 KiB written over, then fsync"));
    bench.add(Figure::new("floor.stream.round-trip", Range::of(trips), "ms").under("in memory only"));
    Ok(())
}
