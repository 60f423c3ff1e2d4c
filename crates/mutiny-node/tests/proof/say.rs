//! What a person should see even where all is well. The test harness keeps what is printed; it does not keep this.

use std::io::Write;

pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
